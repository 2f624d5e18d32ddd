/**
 * A held-out set wears out: whoever may ask it often enough learns its answers instead of the world's. How many
 * challengers it may judge is arithmetic.
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
import type { GateConfig } from '../../domain/gate-config.ts';

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

/** As many challengers as any set may judge: the next could spend less than a hundredth of α (spend-alpha.ts). */
export const USES_AT_MOST = 10;

/** Versions of one model answer about a tenth of the rows differently; more where a larger effect is asked for. */
const SHARE_THAT_DIFFERS = 0.1;

/**
 * How many challengers so many held-out rows may judge, when each may be made of what was said of all before. One at least:
 * rows that have judged nobody are worth what they say, however few.
 */
export function usesOf(rows: number, { effect, alpha }: Pick<GateConfig, 'effect' | 'alpha'>): number {
  const precision: Precision = {
    p: Math.max(SHARE_THAT_DIFFERS, effect),
    epsilon: effect,
    delta: alpha,
    adaptivity: 'full',
  };
  let uses = 1;
  while (uses < USES_AT_MOST && rowsForLooks(uses + 1, precision) <= rows) uses += 1;
  return uses;
}
