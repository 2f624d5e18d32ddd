/** Which evaluation was best, and how long ago that is. Plain data, so that a checkpoint can hold it. */
export type EarlyStopping = Readonly<{
  /** How many evaluations there were. */
  seen: number;
  /** Whose weights to restore; null before the first evaluation. */
  best: Readonly<{ at: number; value: number }> | null;
  /** Evaluations in a row without an improvement that counts. */
  withoutImprovement: number;
  stop: boolean;
}>;

export type StoppingRule = Readonly<{
  /** Evaluations without improvement after which to stop. */
  patience: number;
  /** An improvement counts when it is larger than this. */
  minDelta?: number;
  /** Whether a small value is good (a loss) or a large one (an accuracy). */
  mode?: 'min' | 'max';
  /**
   * What the next value has to beat. `counted`: the last that counted, so many small improvements add up to one that
   * counts (Keras). `any`: the best there was, so each has to count by itself (Hugging Face's callback).
   */
  best?: 'counted' | 'any';
}>;

export const beginStopping = (): EarlyStopping => ({
  seen: 0,
  best: null,
  withoutImprovement: 0,
  stop: false,
});

/** One more evaluation. Once it says stop it goes on saying so. A value that is not a number is no improvement. */
export function observe(
  s: EarlyStopping,
  value: number,
  { patience, minDelta = 0, mode = 'min', best: rule = 'counted' }: StoppingRule,
): EarlyStopping {
  const sign = mode === 'min' ? 1 : -1;
  const [now, before] = [sign * value, s.best === null ? Infinity : sign * s.best.value];
  // Each exactly as its original computes it: at a difference of just `minDelta` rounding decides.
  const counts = rule === 'any' ? before - now > minDelta : now < before - minDelta;
  const isBest = rule === 'any' ? now < before : counts;
  const withoutImprovement = counts ? 0 : s.withoutImprovement + 1;
  return {
    seen: s.seen + 1,
    best: isBest ? { at: s.seen, value } : s.best,
    withoutImprovement,
    stop: s.stop || withoutImprovement >= patience,
  };
}
