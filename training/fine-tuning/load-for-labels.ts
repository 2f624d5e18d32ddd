import type { Tf } from '../backend.ts';
import { loadNetwork, readBaseConfig } from '../models/model-folder.ts';
import { problemTypeOf } from '../models/problem-type.ts';
import type { ProblemType } from '../models/problem-type.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { labelsOfBase, relabelHead } from '../models/relabel-head.ts';
import type { Relabelled } from '../models/relabel-head.ts';
import { loadQuantised } from '../quantisation/quantised-network.ts';
import type { Packing, QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { checkpointIn } from './merged-checkpoint.ts';

export type LoadForLabels = {
  /** What it shall tell apart, in order. */
  labels: readonly string[];
  problem: ProblemType;
  /** Of what begins anew. */
  seed: number;
  /** For QLoRA; null: in floats. */
  packing: Packing | null;
};

/**
 * Loads a base to tell labels apart. What it has learnt of those that it knows already, by their names in its
 * `config.json`, it keeps; not so where the base tells one label a row and these may be many, or the other way round: a
 * score of one is none of the other.
 *
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function loadForLabels(
  tf: Tf,
  folder: string,
  { labels, problem, seed, packing }: LoadForLabels,
): Promise<Relabelled<LoadedNetwork | QuantisedNetwork>> {
  const { json } = await readBaseConfig(folder);
  const from = labelsOfBase(json);
  const learnt = problemTypeOf(json) === problem ? from : [];
  const head = { kind: 'classes', classes: Math.max(1, from.length) } as const;
  const options = { seed, ...(await checkpointIn(tf, folder, head)) };
  const network = packing
    ? await loadQuantised(tf, folder, head, { ...packing, ...options })
    : await loadNetwork(tf, folder, head, options);
  return relabelHead(tf, network, { from: learnt, to: labels, seed });
}
