/** When a training keeps a checkpoint. Times in milliseconds of one clock. */
export type CheckpointPace = {
  isDue(now: number): boolean;
  /** One was kept; that took from `from` to `to`. */
  kept(from: number, to: number): void;
};

/** Least time between two checkpoints: an interruption costs about so much. */
const EVERY_MS = 2_000;
/** Largest share of the training time that goes into checkpoints: a large network keeps its own less often. */
const SHARE_AT_MOST = 0.01;

/**
 * By the clock, and by what the one before has cost.
 *
 * @param everyMs given, it holds whatever that costs, up to half of the time
 */
export function checkpointPace(everyMs?: number, startedAt = performance.now()): CheckpointPace {
  const leastMs = everyMs ?? EVERY_MS;
  const share = everyMs === undefined ? SHARE_AT_MOST : 1;
  let dueAt = startedAt + leastMs;
  return {
    isDue: (now) => now >= dueAt,
    kept(from, to) {
      dueAt = to + Math.max(leastMs, (to - from) / share);
    },
  };
}
