/**
 * Replays a policy over a stream of rows without any service: the same pure decisions as in production, with
 * training and prediction given as functions and every training instantaneous. At row t the champion answers the
 * rows t … t + decideEvery − 1; the labels of the first t − delay rows are known.
 */
import { Journal } from './journal.ts';
import { replayRegret } from './replay-regret.ts';
import { replaySchedule } from './replay-schedule.ts';
import type { Replay, ReplayPolicy, ReplayStream } from './stream.ts';

export type { Replay, ReplayEvent, ReplayPolicy, ReplayStream, Trigger } from './stream.ts';

/** Trains the first champion; share it between replays of a stream to compare them on equal terms. */
export const trainFirstChampion = async <Model>(stream: ReplayStream<Model>): Promise<Model> =>
  await stream.train({ from: 0, to: stream.firstRows, version: 1 });

/** What becomes of the stream under a policy. `never` is the first champion left alone on the same rows. */
export async function replayPolicy<Model>(
  stream: ReplayStream<Model>,
  policy: ReplayPolicy,
  firstChampion: Model,
): Promise<Replay> {
  const journal = new Journal(stream, firstChampion);
  if (policy.kind === 'regret') await replayRegret(journal, policy);
  else await replaySchedule(journal, policy.kind === 'schedule' ? policy : { every: Infinity, last: 0 });
  return journal.sum();
}
