import { Context } from '@temporalio/activity';

export type Pace = Readonly<{
  /** Between two looks. */
  beatMs: number;
  /** How long one activity watches before it hands back to its workflow. */
  stretchMs: number;
}>;

/** Production looks once a minute; an installation that is watched by a person every second. */
export const productionPace: Pace = { beatMs: 60_000, stretchMs: 30 * 60_000 };
export const livelyPace: Pace = { beatMs: 1_000, stretchMs: 10 * 60_000 };

/**
 * Looks again and again until a look answers something, or the stretch is over (null). One long activity instead of a
 * timer and an activity per beat: a supervisor lives for years and its history must stay small.
 *
 * Must run inside an activity, for which the worker heartbeats; throws when the workflow has let go of it.
 */
export async function keepWatching<T>(pace: Pace, look: () => Promise<T | null>): Promise<T | null> {
  const context = Context.current();
  const until = Date.now() + pace.stretchMs;
  for (;;) {
    const answer = await look();
    if (answer !== null || Date.now() >= until) return answer;
    await context.sleep(pace.beatMs);
  }
}
