import { tmpdir } from 'node:os';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Tf } from '../../../training/backend.ts';
import { randomTokens, smallNetworks, writeBase } from './networks.ts';
import { methods, tuned } from './tuned.ts';

/** The losses of each step, by network and method. */
export type Losses = Record<string, number[]>;

const STEPS = 5;

/**
 * Trains small networks for a few steps on the engine of tfjs that is named.
 *
 * @param only how many steps of which; without it five of each
 */
export async function smallLosses(
  tf: Tf,
  engine: string,
  only?: Readonly<Record<string, number>>,
): Promise<Losses> {
  await tf.setBackend(engine);
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-gpu-'));
  const losses: Losses = {};
  try {
    for (const [kind, json] of Object.entries(smallNetworks)) {
      const base = path.join(folder, kind);
      await writeBase(base, { ...json, initializer_range: 0.3 }, 7);
      for (const method of methods) {
        const steps = only ? only[`${kind} ${method}`] : STEPS;
        if (steps === undefined) continue;
        const tokens = randomTokens(json.vocab_size, 3, 16, 3);
        const network = await tuned(tf, { folder: base, kind, method, tokens });
        const seen: number[] = [];
        for (let step = 0; step < steps; step += 1) {
          const loss = network.step();
          seen.push((await loss.data())[0]!);
          loss.dispose();
        }
        network.dispose();
        losses[`${kind} ${method}`] = seen;
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return losses;
}

/** How far losses are from the true ones at most, relative. NaN where they are no numbers. */
export const farthest = (losses: readonly number[], truth: readonly number[]): number =>
  Math.max(...losses.map((loss, i) => Math.abs(loss - truth[i]!) / Math.abs(truth[i]!)));
