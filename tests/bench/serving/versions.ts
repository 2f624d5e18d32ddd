import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { trainTwoVersions } from '../../support/two-versions.ts';

/** Two versions in a store, and the folder of the first. */
export type Versions = Awaited<ReturnType<typeof makeVersions>>;

/** A network of 17,000 weights: TensorFlow answers it, in Driftloop as in the bare handler. */
const NETWORK = { hidden: [128, 128], minSteps: 100, maxSteps: 200 };

export async function makeVersions() {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-bench-serving-'));
  const { artifacts, refOf } = await trainTwoVersions(folder, NETWORK);
  return {
    folder,
    store: path.join(folder, 'store'),
    artifact: await artifacts.open(refOf(1).digest),
    refOf,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
