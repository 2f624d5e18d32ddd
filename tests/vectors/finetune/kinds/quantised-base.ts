import path from 'node:path';
import { expect } from 'vitest';
import { disposeLora, readLora } from '../../../../training/adapters/adapter-folder.ts';
import { loraParameters, trainLora, withLora } from '../../../../training/adapters/lora.ts';
import type { Tf } from '../../../../training/backend.ts';
import { adamw } from '../../../../training/optimization/adamw.ts';
import { parametersOf } from '../../../../training/optimization/parameter-groups.ts';
import { codesOfBytes } from '../../../../training/quantisation/nf4.ts';
import { nf4Weight } from '../../../../training/quantisation/nf4-weight.ts';
import type { PackedMatrix } from '../../../../training/quantisation/packed-matrix.ts';
import {
  disposeNetwork,
  loadQuantised,
  quantisedWeights,
} from '../../../../training/quantisation/quantised-network.ts';
import type { QuantisedNetwork } from '../../../../training/quantisation/quantised-network.ts';
import { constantRate, expectRun, RUN_KEYS } from '../recorded-run.ts';
import type { RecordedRun } from '../recorded-run.ts';
import { trainingTask } from '../training-task.ts';
import { expectKnownKeys, expectNumbers, flat, STATES } from '../vector-model.ts';
import type { Tolerance, VectorKind, VectorModel } from '../vector-model.ts';

type Train = RecordedRun & { lr: number; weight_decay: number; max_grad_norm: number };
type Variant = { logits_base_quantised: number[][]; max_abs_logit_change_vs_unquantised: number } & Record<
  string,
  { logits: number[][]; train: Train }
>;
type Expected = { variants: Record<string, Variant> };

const FILE = 'qlora/expected.json';
/** The vectors' embeddings are floats, as PEFT leaves them. */
const AS_PEFT = { seed: 1, embeddings: 'float' } as const;
const BASE_KEYS = ['logits_base_quantised', 'max_abs_logit_change_vs_unquantised'];
/** Our own 8-bit scales may differ from bitsandbytes' by one step of its map; see the vectors' README. */
const OWN_SCALES: Tolerance = { rel: 1e-3, abs: 1e-3 };

/** QLoRA: a frozen base in 4 bits, with adapters beside it, before and after steps. */
export const quantisedBase: VectorKind = {
  covers: (file, model) =>
    file === FILE ||
    variantsOf(model).some(
      (name) =>
        file === storedFile(name) ||
        new RegExp(`^qlora/${name}_\\w+_adapter_after_\\d+_steps\\.safetensors$`).test(file),
    ),
  cases: (model) =>
    variantsOf(model).flatMap((name) => [
      { title: `4 bits, ${name}: scores of the base`, run: (tf) => baseAgrees(tf, model, name) },
      ...casesOf(model, name).map((adapter) => ({
        title: `4 bits, ${name}: ${adapter} beside it, and steps`,
        run: (tf: Tf) => adapterAgrees(tf, model, name, adapter),
      })),
    ]),
};

const storedFile = (variant: string) => `qlora/${variant}_quantised_linears.safetensors`;

function read(model: VectorModel): Expected {
  const expected = model.json(FILE) as Expected;
  expectKnownKeys(expected, ['quantised', 'compute', 'lora', 'logits_note', 'variants'], FILE);
  return expected;
}
const variantsOf = (model: VectorModel) =>
  model.files.includes(FILE) ? Object.keys((model.json(FILE) as Expected).variants) : [];
const casesOf = (model: VectorModel, variant: string) =>
  Object.keys(read(model).variants[variant]!).filter((key) => !BASE_KEYS.includes(key));

const isDouble = (model: VectorModel, variant: string) =>
  [...model.tensors(storedFile(variant)).keys()].some((name) => name.endsWith('.absmax2'));

async function baseAgrees(tf: Tf, model: VectorModel, variant: string): Promise<void> {
  const expected = read(model).variants[variant]!;
  const task = trainingTask(model);
  const double = isDouble(model, variant);
  const network = await loadQuantised(tf, model.folder, task.head, { ...AS_PEFT, double });
  const stored = model.tensors(storedFile(variant));
  const modules = new Set([...stored.keys()].map((name) => name.slice(0, name.lastIndexOf('.'))));
  expect([...network.quantised.keys()].sort()).toEqual([...modules].sort());
  const scores = () =>
    tf.tidy(() => task.logits(tf, network.config, quantisedWeights(tf, network)).dataSync());
  const theirs = flat(expected.logits_base_quantised);
  expectNumbers(scores(), theirs, double ? OWN_SCALES : STATES, 'logits, quantised here');
  useStored(tf, model, variant, network);
  expectNumbers(scores(), theirs, STATES, 'logits, quantised there');
  disposeNetwork(tf, network);
}

/** Puts the vectors' own codes and scales in the place of ours. */
function useStored(tf: Tf, model: VectorModel, variant: string, network: QuantisedNetwork): void {
  const stored = model.tensors(storedFile(variant));
  const quantised = network.quantised as Map<string, PackedMatrix>;
  for (const [module, weight] of quantised) {
    const get = (name: string) => stored.get(`${module}.${name}`)!.values;
    const [rows, columns] = weight.shape;
    const absmax = get('absmax');
    const scales =
      absmax instanceof Uint8Array
        ? {
            codes: absmax,
            absmax: get('absmax2') as Float32Array,
            block: SCALE_BLOCK,
            offset: get('offset')[0]!,
          }
        : (absmax as Float32Array);
    const codes = codesOfBytes(get('packed') as Uint8Array, rows * columns);
    const replacement = nf4Weight(tf, { shape: weight.shape, block: BLOCK, codes, scales });
    weight.dispose();
    quantised.set(module, replacement);
  }
}

/** As the vectors' README says. */
const BLOCK = 64;
const SCALE_BLOCK = 256;

async function adapterAgrees(tf: Tf, model: VectorModel, variant: string, name: string): Promise<void> {
  const { logits, train } = read(model).variants[variant]![name]!;
  expectKnownKeys(train, [...RUN_KEYS, 'lr', 'weight_decay', 'max_grad_norm'], 'train');
  const task = trainingTask(model);
  const double = isDouble(model, variant);
  const network = await loadQuantised(tf, model.folder, task.head, { ...AS_PEFT, double });
  useStored(tf, model, variant, network);
  const adapter = await readLora(tf, path.join(model.folder, 'lora', name), network);
  const weights = withLora(tf, quantisedWeights(tf, network), adapter);
  const scores = tf.tidy(() => task.logits(tf, network.config, weights).dataSync());
  expectNumbers(scores, flat(logits), STATES, 'logits');

  trainLora(adapter, network.parameters);
  const trained = loraParameters(adapter, network.parameters);
  let compared = 0;
  expectRun(
    tf,
    {
      parameters: parametersOf(trained, { decay: 'all' }),
      rule: adamw({ weightDecay: train.weight_decay }),
      rates: constantRate(train.lr),
      maxNorm: train.max_grad_norm,
      loss: () => task.loss(tf, network.config, weights),
      after: (steps) => {
        const file = `qlora/${variant}_${name}_adapter_after_${steps}_steps.safetensors`;
        if (!model.files.includes(file)) return;
        compared += 1;
        for (const [parameter, { values }] of model.tensors(file))
          expectNumbers(trained.get(parameter)!.dataSync(), values, { abs: 1e-4 }, parameter);
      },
    },
    train,
  );
  expect(compared).toBeGreaterThan(0);
  disposeLora(tf, adapter);
  disposeNetwork(tf, network);
}
