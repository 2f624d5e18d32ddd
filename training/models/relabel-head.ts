import { z } from 'zod';
import type { Tf } from '../backend.ts';
import { random } from '../random.ts';
import { headParts } from './heads.ts';
import type { LoadedNetwork } from './model-folder.ts';
import { trunkParts } from './network.ts';
import { frozenVariable } from './parameters.ts';
import { join, parameterShapes } from './parts.ts';
import type { LinearPart } from './parts.ts';
import { startingValues } from './starting-values.ts';

const labelsSchema = z.object({ id2label: z.record(z.string().regex(/^\d+$/), z.string()) });

/** The labels that a base tells apart, in the order of its head, as its `config.json` says; none where it has none. */
export function labelsOfBase(json: unknown): string[] {
  const parsed = labelsSchema.safeParse(json);
  if (!parsed.success) return [];
  const { id2label } = parsed.data;
  return Object.keys(id2label)
    .sort((a, b) => Number(a) - Number(b))
    .map((id) => id2label[id]!);
}

export type Relabelled<Network> = {
  network: Network;
  /** Of each label that the network knew and still has, its place in the new order. */
  known: number[];
};

/**
 * Gives a network that tells some labels apart a head for others: a label that is known keeps what was learnt of it, one
 * that is new begins anew, from the seed. What the network had of its own for other labels is freed.
 *
 * @param from the labels whose rows may be carried over, in the order in which it was loaded with them
 * @param to the labels that it shall tell apart, in order
 */
export function relabelHead<Network extends LoadedNetwork>(
  tf: Tf,
  network: Network,
  { from, to, seed }: { from: readonly string[]; to: readonly string[]; seed: number },
): Relabelled<Network> {
  const head = headParts(network.config, { kind: 'classes', classes: to.length });
  const last = head.linears.at(-1)!;
  const wasLearnt = !network.fresh.includes(`${last.module}.weight`);
  const rowOf = new Map(wasLearnt ? from.map((label, row) => [label, row]) : []);
  const parameters = new Map(network.parameters);
  const chance = random(seed);
  for (const fresh of parameterShapes({ linears: [last], free: [] })) {
    const old = parameters.get(fresh.name)!;
    const width = fresh.shape[1] ?? 1;
    const values = startingValues(fresh, chance);
    const learnt = old.dataSync<'float32'>();
    for (const [row, label] of to.entries()) {
      const oldRow = rowOf.get(label);
      if (oldRow === undefined) continue;
      values.set(learnt.subarray(oldRow * width, (oldRow + 1) * width), row * width);
    }
    parameters.set(fresh.name, frozenVariable(tf, { shape: fresh.shape, values }));
    old.dispose();
  }
  const known = [...rowOf.keys()].map((label) => to.indexOf(label)).filter((place) => place >= 0);
  const others = network.fresh.filter((name) => !namesOf(last).includes(name));
  const relabelled = {
    ...network,
    parts: join(trunkParts(network.config), head),
    parameters,
    fresh: known.length < to.length ? [...others, ...namesOf(last)] : others,
  };
  return { network: relabelled, known };
}

const namesOf = ({ module, bias }: LinearPart) => [`${module}.weight`, ...(bias ? [`${module}.bias`] : [])];
