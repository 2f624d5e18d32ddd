/**
 * A held-out set wears out: whoever may ask it often enough learns its answers instead of the world's. How many
 * questions it can answer is arithmetic; what is told of its answers is rounded.
 *
 * With n rows, of whose answers at most a share p differs between two versions, a difference is known within ε with
 * probability 1 − δ over H questions if (Bennett's inequality)
 *
 *     n ≥ ( ln H − ln(δ/4) ) / ( p · h(ε/p) ),   h(u) = (1 + u)·ln(1 + u) − u
 *
 * H is the number of questions where they were fixed beforehand, and 2 to that number where each may depend on all the
 * answers before.
 *
 * Source: C. Renggli et al., "Continuous integration of machine learning models with ease.ml/ci", MLSys (2019).
 */
export type Precision = Readonly<{
  /** Share of the rows that two versions may answer differently. */
  p: number;
  /** How far off a difference may be. */
  epsilon: number;
  /** How likely any of the answers may be off. */
  delta: number;
  /** `none`: the questions are fixed beforehand. `full`: each may depend on every answer before. */
  adaptivity: 'none' | 'full';
}>;

const h = (u: number): number => (1 + u) * Math.log1p(u) - u;

/** Rows that it takes to answer so many questions. */
export function rowsForLooks(looks: number, { p, epsilon, delta, adaptivity }: Precision): number {
  const logH = adaptivity === 'none' ? Math.log(looks) : looks * Math.LN2;
  return Math.ceil((logH - Math.log(delta / 4)) / (p * h(epsilon / p)));
}

/** Questions that so many rows can answer; 0 where they are too few for one. */
export function looksForRows(rows: number, { p, epsilon, delta, adaptivity }: Precision): number {
  const logH = rows * p * h(epsilon / p) + Math.log(delta / 4);
  if (logH < 0) return 0;
  // A first question depends on nothing, and so is one of one.
  return adaptivity === 'none'
    ? Math.floor(Math.exp(Math.min(logH, 40)))
    : Math.max(1, Math.floor(logH / Math.LN2));
}

/**
 * The Ladder: what is told of a held-out score to whoever searches on. A new score is told only where it beats the best
 * so far by more than chance would (one standard error of the paired difference), rounded to that; else the best is told
 * again. Random guesses then teach nothing, however many are tried.
 *
 * Source: A. Blum and M. Hardt, "The Ladder: a reliable leaderboard for machine learning competitions", ICML (2015),
 * the parameter-free form.
 */
export type Rung = Readonly<{ best: number }>;

export const startLadder = (): Rung => ({ best: -Infinity });

/**
 * @param score of the new version, more is better
 * @param step one standard error of its difference from the best so far
 */
export function climb({ best }: Rung, score: number, step: number): Rung {
  if (!(score > best + step)) return { best };
  return { best: step > 0 ? Math.round(score / step) * step : score };
}
