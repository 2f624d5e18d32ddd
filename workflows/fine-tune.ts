import { CancellationScope, condition } from '@temporalio/workflow';
import type { FineTuned } from '../activities/fine-tune.ts';
import type { Treatment } from '../domain/triage.ts';
import { training } from './activities.ts';
import type { RunContext } from './retrain.ts';

/**
 * Trains on a snapshot. While the model is paused nothing trains: the process is killed, and what it had learnt until
 * its newest checkpoint is gone on from when the model is resumed.
 */
export async function fineTune(
  run: RunContext,
  snapshotId: string,
  treatment: Treatment = 'fine-tune',
): Promise<FineTuned> {
  const { namespace, model, runId, settings, tell, listener } = run;
  const { configDigest } = settings;
  const recalibrates = treatment === 'recalibrate';
  const tune = () => training(namespace).fineTune({ runId, model, configDigest, snapshotId, recalibrates });
  for (;;) {
    await listener.untilResumed();
    const tuned = await unlessStopped(tune, listener.isPaused);
    if (tuned !== null) return tuned;
    const sentence =
      'Paused: the training has stopped. It goes on from its checkpoint when the model is resumed.';
    await tell('fine-tuning', sentence, { paused: true });
  }
}

/** Null where it was stopped; only then is it not waited for that it ends by itself. */
async function unlessStopped<T>(begin: () => Promise<T>, isStopped: () => boolean): Promise<T | null> {
  const scope = new CancellationScope();
  let over = false;
  const result = scope.run(begin).finally(() => (over = true));
  // A cancelled run cancels the scope with it.
  await condition(() => over || isStopped()).catch(() => {});
  const stops = !over && isStopped();
  if (stops) scope.cancel();
  try {
    return await result;
  } catch (error) {
    if (!stops || CancellationScope.current().consideredCancelled) throw error;
    return null;
  }
}
