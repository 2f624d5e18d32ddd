import { CancellationScope, condition } from '@temporalio/workflow';

type Watched<T> = { kind: 'answer'; answer: T } | { kind: 'woken' };

/**
 * Runs a watching activity until it answers, or until `isWoken`: then it is let go, not waited for.
 * A cancelled workflow gets its cancellation, not an answer.
 */
export async function watchUntil<T>(watch: () => Promise<T>, isWoken: () => boolean): Promise<Watched<T>> {
  const scope = new CancellationScope();
  let over = false;
  const watched = scope.run(watch).then((answer): Watched<T> => ({ kind: 'answer', answer }));
  const woken = condition(() => over || isWoken()).then((): Watched<T> => ({ kind: 'woken' }));
  try {
    return await Promise.race([watched, woken]);
  } finally {
    over = true;
    scope.cancel();
    // Let go of: how it ends is nobody's news any more.
    watched.catch(() => {});
  }
}
