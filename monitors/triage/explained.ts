/**
 * Does a mixture explain a rise of the error rate? The rows are parted into strata (their labels, the hours of the day).
 * Had each stratum kept the error rate that it had before, and only their shares moved, what of the rise would be left?
 *
 *     left = Σ w·(e − b)     over strata: w its share of the rows now, e its error rate now, b its error rate before
 *
 * The rise counts as explained where, at 95 %, at most `unexplained` of it is left: too few rows explain nothing. A share
 * for its deviation is taken as (k + 1)/(n + 2), so that a stratum without errors is not certain.
 *
 * Source: E. M. Kitagawa, "Components of a difference between two rates", JASA 50 (1955).
 */
import type { Count } from '../detectors/quality/quality-finding.ts';

/** Errors among the rows of one stratum. */
export type Stratum = Readonly<{ before: Count; now: Count }>;

export type ExplainedOptions = Readonly<{
  /** The part of the rise (0–1) that may be left. Less is stricter. */
  unexplained: number;
  /** A stratum with fewer rows before has no error rate of its own… */
  leastRows: number;
  /** …which is allowed to so small a share of the rows now. */
  unknownShare: number;
}>;

export const usualExplained: ExplainedOptions = { unexplained: 0.5, leastRows: 20, unknownShare: 0.05 };

export type Explained = Readonly<{
  /** Error rates over all strata. */
  before: number;
  now: number;
  /** The error rate that the strata of now would have had before. */
  expected: number;
  isExplained: boolean;
}>;

/** One-sided, 95 %. */
const Z = 1.645;

/** @returns null where the strata are not known well enough */
export function explainedBy(
  strata: readonly Stratum[],
  { unexplained, leastRows, unknownShare }: ExplainedOptions = usualExplained,
): Explained | null {
  const then = sum(strata.map(({ before }) => before));
  const known = strata.filter(({ before, now }) => before.rows >= leastRows && now.rows > 0);
  const current = sum(known.map(({ now }) => now));
  const all = sum(strata.map(({ now }) => now)).rows;
  if (then.rows === 0 || current.rows === 0 || current.rows < (1 - unknownShare) * all) return null;
  let [left, variance] = [0, 0];
  for (const { before, now } of known) {
    const share = now.rows / current.rows;
    left += share * (rate(now) - rate(before));
    variance += share ** 2 * (varianceOf(before) + varianceOf(now));
  }
  const rise = rate(current) - rate(then);
  return {
    before: rate(then),
    now: rate(current),
    expected: rate(current) - left,
    isExplained: rise > 0 && left + Z * Math.sqrt(variance) <= unexplained * rise,
  };
}

export const rate = ({ hits, rows }: Count): number => hits / rows;

/** Of the error rate itself. */
export function varianceOf({ hits, rows }: Count): number {
  const p = (hits + 1) / (rows + 2);
  return (p * (1 - p)) / rows;
}

const sum = (counts: readonly Count[]): Count =>
  counts.reduce((a, b) => ({ hits: a.hits + b.hits, rows: a.rows + b.rows }), { hits: 0, rows: 0 });
