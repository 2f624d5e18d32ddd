import type { Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { scaled } from '../scaled.ts';
import { dropout } from '../models/dropout.ts';
import type { Chance } from '../models/dropout.ts';
import type { WeightLayout } from '../models/linear.ts';
import { frozenVariable, trainOnly } from '../models/parameters.ts';
import type { Parameters } from '../models/parameters.ts';
import type { Parts } from '../models/parts.ts';
import { residual } from '../models/residual.ts';
import type { Weights } from '../models/weights.ts';
import { random } from '../random.ts';
import { isNamed, loraTargets, moduleOf } from './lora-settings.ts';
import type { LoraSettings } from './lora-settings.ts';

/** The two thin matrices beside one of the network's, A [rank, inputs] and B [outputs, rank]. */
export type LoraModule = { a: Variable; b: Variable; scale: number };

export type LoraAdapter = { settings: LoraSettings; modules: ReadonlyMap<string, LoraModule> };

/** PEFT names what it wraps. */
export const PEFT_PREFIX = 'base_model.model.';

/**
 * A new adapter: A uniform within ±1/√inputs (Kaiming's with a = √5, as PEFT draws it), B zero, so that it changes
 * nothing at first. The same seed gives the same adapter.
 *
 * Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021).
 *
 * @throws {DriftloopError} `DL_ADAPTER_UNFIT`
 */
export function startLora(tf: Tf, parts: Parts, settings: LoraSettings, seed: number): LoraAdapter {
  const chance = random(seed);
  const modules = loraTargets(parts, settings).map(({ part, rank, scale }) => {
    const bound = 1 / Math.sqrt(part.inputs);
    const values = Float32Array.from(
      { length: rank * part.inputs },
      () => bound * (2 * chance.uniform() - 1),
    );
    const a = frozenVariable(tf, { shape: [rank, part.inputs], values });
    const b = frozenVariable(tf, {
      shape: [part.outputs, rank],
      values: new Float32Array(part.outputs * rank),
    });
    return [part.module, { a, b, scale }] as const;
  });
  return { settings, modules: new Map(modules) };
}

/** The same adapter in variables of its own, which stay when the other is freed. */
export const keptLora = (tf: Tf, { settings, modules }: LoraAdapter): LoraAdapter => ({
  settings,
  modules: new Map(
    [...modules].map(([module, { a, b, scale }]) => [
      module,
      { a: ownVariable(tf, a), b: ownVariable(tf, b), scale },
    ]),
  ),
});

const ownVariable = (tf: Tf, tensor: Tensor): Variable => {
  const copy = tf.clone(tensor);
  const variable = tf.variable(copy, false);
  copy.dispose();
  return variable;
};

/** The network's weights with the adapter beside them. Dropout is only asked for while it learns. */
export const withLora = (
  tf: Tf,
  base: Weights,
  { modules, settings }: LoraAdapter,
  chance?: Chance,
): Weights => ({
  ...base,
  linear(module) {
    const plain = base.linear(module);
    const beside = modules.get(module);
    if (!beside) return plain;
    return (x) => residual(tf, plain(x), lowRank(tf, dropout(tf, x, settings.dropout, chance), beside));
  },
});

/** scale · x·Aᵀ·Bᵀ */
const lowRank = (tf: Tf, x: Tensor2D, { a, b, scale }: LoraModule): Tensor2D =>
  withGradient<Tensor2D>(
    tf,
    [x, a, b],
    (save) => {
      const narrow = scaled(tf, tf.matMul(x, a, false, true), scale);
      save([x, narrow]);
      return tf.matMul(narrow, b, false, true);
    },
    (dy, [x, narrow]) => {
      const delta = scaled(tf, tf.matMul(dy, b), scale);
      return [tf.matMul(delta, a), tf.matMul(delta, x!, true), tf.matMul(dy, narrow!, true)];
    },
  );

/**
 * What an adapter trains, by the names that PEFT stores: its own matrices and the modules that are kept whole, which are
 * the network's own variables.
 */
export function loraParameters({ modules, settings }: LoraAdapter, network: Parameters): Parameters {
  const named = new Map<string, Variable>();
  for (const [module, { a, b }] of modules) {
    named.set(`${PEFT_PREFIX}${module}.lora_A.weight`, a);
    named.set(`${PEFT_PREFIX}${module}.lora_B.weight`, b);
  }
  for (const [name, variable] of network) {
    if (settings.keptWhole.some((kept) => isNamed(moduleOf(name), kept)))
      named.set(PEFT_PREFIX + name, variable);
  }
  return named;
}

/** Whether something that an adapter trains began as chance has it. B is zero: the base as it was. */
export const isDrawnAnew = (name: string): boolean => name.endsWith('.lora_A.weight');

/** What the network calls a module that is kept whole. */
export const inNetwork = (name: string): string =>
  name.startsWith(PEFT_PREFIX) ? name.slice(PEFT_PREFIX.length) : name;

/** Freezes the network, and thaws what the adapter trains. */
export function trainLora(adapter: LoraAdapter, network: Parameters): void {
  trainOnly(network, () => false);
  trainOnly(loraParameters(adapter, network), () => true);
}

/** Writes the adapter into those of the network's matrices that are floats: W + scale·B·A. The adapter itself stays. */
export function mergeLora(tf: Tf, parts: Parts, network: Parameters, { modules }: LoraAdapter): void {
  for (const { module, layout } of parts.linears) {
    const beside = modules.get(module);
    const weight = network.get(`${module}.weight`);
    if (!beside || !weight) continue;
    tf.tidy(() => weight.assign(merged(tf, weight as Tensor2D, beside, layout)));
  }
}

/** A matrix with what its adapter has learnt in it. Belongs to the open `tidy`. */
export function merged(
  tf: Tf,
  weight: Tensor2D,
  { a, b, scale }: LoraModule,
  layout: WeightLayout,
): Tensor2D {
  const change = layout === 'out-in' ? tf.matMul(b, a) : tf.matMul(a, b, true, true);
  return tf.add(weight, tf.mul(change, scale));
}
