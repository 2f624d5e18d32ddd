import type { RouteFollower } from './follow-routes.ts';
import type { SpoolStanding } from './spool/spooled-log.ts';

/** Whether the server does its duty, and what it lacks though it does. */
export function createHealth(
  follower: Pick<RouteFollower, 'unready'>,
  spool: (() => SpoolStanding) | undefined,
) {
  /** Null where nothing waits. */
  const sayWaiting = (): string | null => {
    const standing = spool?.();
    if (standing === undefined || standing.messages === 0) return null;
    const { messages, used, problem } = standing;
    const why = problem === null ? '' : `: ${problem}`;
    return `${messages === 1 ? '1 message waits' : `${messages} messages wait`} on disk for Kafka, in ${Math.ceil(100 * used)} % of its room${why}`;
  };
  return {
    /** Why requests should go elsewhere; empty when ready. */
    unready(): string[] {
      const waiting = spool?.().isFull === true ? sayWaiting() : null;
      return waiting === null ? follower.unready() : [...follower.unready(), waiting];
    },
    /** What does not keep it from answering, and should not stay so. */
    degraded(): string[] {
      const waiting = sayWaiting();
      return waiting === null ? [] : [waiting];
    },
  };
}

export type Health = ReturnType<typeof createHealth>;
