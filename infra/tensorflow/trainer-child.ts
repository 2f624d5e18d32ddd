import { runTrainingJob } from '../../training/run-training-job.ts';
import type { FromTrainer, ToTrainer } from './child-messages.ts';
import { loadBackend } from './backend.ts';
import { dieFirst } from './die-first.ts';
import { dieWithParent } from './fork-child.ts';
import { sendError } from './sent-error.ts';

/** A child process that trains one job and ends: whatever TensorFlow leaks ends with it. */

const HEARTBEAT_MS = 1_000;

const say = (message: FromTrainer): void => void process.send?.(message);

/** Few trainings are of images. */
const imageTexts = async () => (await import('../images/image-texts.ts')).imageTexts;

const MEGABYTE = 2 ** 20;
const heldMb = () => Math.round(process.memoryUsage.rss() / MEGABYTE);

async function train({ job, tellsEpochs }: ToTrainer): Promise<void> {
  const heartbeat = setInterval(() => say({ kind: 'alive' }), HEARTBEAT_MS);
  try {
    const report = await runTrainingJob(job, {
      loadBackend,
      images: { read: async (...asked) => (await imageTexts()).read(...asked) },
      onProgress: (progress) => say({ kind: 'progress', progress: { ...progress, memoryMb: heldMb() } }),
      ...(tellsEpochs ? { onEpoch: (score) => say({ kind: 'epoch', score }) } : {}),
      onCheckpoint: () => say({ kind: 'checkpoint' }),
    });
    say({ kind: 'done', report });
  } catch (error) {
    say({ kind: 'failed', error: sendError(error) });
  } finally {
    clearInterval(heartbeat);
  }
}

dieWithParent();
dieFirst();
process.once('message', (message) => void train(message as ToTrainer));
