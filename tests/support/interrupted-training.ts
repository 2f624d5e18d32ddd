import { readCheckpoint, writeCheckpoint } from '../../training/checkpoints/checkpoint.ts';
import { fitStateCodec } from '../../training/tabular/fit-state-codec.ts';
import type { FitState } from '../../training/tabular/fit.ts';
import { trainTabular } from '../../training/tabular/train-tabular.ts';
import type { TabularTraining } from '../../training/tabular/train-tabular.ts';

/** Where a training is interrupted: it has kept a checkpoint at one step, and dies some steps later. */
export type Interruption = { keptAt: number; diedAt: number };

const JOB = 'a job';
class Died extends Error {}

/** Trains as `trainTabular` does, interrupted again and again; each time it goes on from the bytes of a checkpoint. */
export async function trainInterrupted(training: TabularTraining, interruptions: readonly Interruption[]) {
  let bytes = null as Uint8Array | null;
  const resumedAt: (number | null)[] = [];
  for (const { keptAt, diedAt } of [...interruptions, { keptAt: -1, diedAt: -1 }]) {
    const resumed: FitState | null = bytes === null ? null : readCheckpoint(fitStateCodec, bytes, JOB).state;
    resumedAt.push(resumed?.step ?? null);
    try {
      const trained = await trainTabular({
        ...training,
        checkpoints: {
          resumed,
          isDue: (step) => step === keptAt || step === diedAt,
          keep: async (state) => {
            if (state.step === diedAt) throw new Died();
            bytes = writeCheckpoint(fitStateCodec, { state, seconds: 1 }, JOB);
          },
        },
      });
      return { trained, resumedAt };
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    }
  }
  throw new Error('the last one is never interrupted');
}

/** The largest difference of any weight. */
export const furthest = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) : Infinity;
