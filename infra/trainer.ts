import type { Predictor, Trainer } from '../domain/ports.ts';
import type { Writer } from '../domain/writing.ts';
import { createCommandTrainer } from './command/command-trainer.ts';
import { withPrograms } from './command/with-programs.ts';
import { createChildPredictor } from './tensorflow/child-predictor.ts';
import { createChildTrainer } from './tensorflow/child-trainer.ts';

/** Fine-tunes with what each model's config names: Driftloop's own trainer, or a program of the team's. */
export function createTrainer(options: Parameters<typeof createCommandTrainer>[0] = {}): Trainer {
  const ours = createChildTrainer();
  const theirs = createCommandTrainer(options);
  return { fineTune: (job, told) => (job.training.kind === 'program' ? theirs : ours).fineTune(job, told) };
}

/** Answers with the versions of either. */
export const createPredictor = (): Predictor & Writer => withPrograms(createChildPredictor());

/** Lends one that has loaded nothing yet, and ends its process afterwards. */
export async function withPredictor<T>(use: (fresh: Predictor) => Promise<T>): Promise<T> {
  const fresh = createPredictor();
  try {
    return await use(fresh);
  } finally {
    await fresh.close();
  }
}
