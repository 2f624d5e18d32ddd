/**
 * Label shift: do other labels come, while each is answered as well as before?
 *
 *     moved      the shares of the labels differ by `distance` in total variation, and by more than chance
 *     held       no label is answered worse: each one's error rate, one-sided, Holm
 *     explained  had every label kept its error rate, the new shares alone would bring most of the rise (explained.ts)
 *     alike      the rows of each label look as those of that label did before (input-shift.ts)
 *
 * Label shift means p(x | y) unchanged. A change of p(y | x) moves the shares of the labels, too, and can by chance leave
 * each label's error rate as it was: what it cannot leave is the rows of a label.
 *
 * Source: Z. Lipton et al., "Detecting and correcting for label shift with black box predictors", ICML 2018; here the
 * labels are known, so that the shares need not be inferred from predictions.
 */
import type { InputRow } from '../../domain/input.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import { chiSquare } from '../../statistics/contingency.ts';
import { holm } from '../../statistics/multiple-testing.ts';
import { twoProportionZ } from '../../statistics/proportions.ts';
import { explainedBy } from './explained.ts';
import type { Stratum } from './explained.ts';
import { findInputShift, sayMoved, usualInputShift } from './input-shift.ts';
import { percent } from './performance.ts';

/** The label of a row of a task that has none to tell apart. */
export const NO_LABEL = '';

/** A labelled row, and whether the champion erred on it. */
export type JudgedLabel = Readonly<{ input: InputRow; label: string; isError: boolean }>;

export type LabelShiftOptions = Readonly<{
  /** Total variation of the shares (0–1) that is worth the name. */
  distance: number;
  alpha: number;
  /** The rows of a label are compared from so many on. */
  leastRows: number;
  /** A label with a smaller share of the rows now (0–1) need not be compared. */
  rareShare: number;
}>;

export const usualLabelShift: LabelShiftOptions = {
  distance: 0.1,
  alpha: 0.01,
  leastRows: 50,
  rareShare: 0.05,
};

export type LabelShift = Readonly<{ hasMoved: boolean; isExplanation: boolean; says: string }>;

/** Null where there are no labels to compare. */
export function findLabelShift(
  before: readonly JudgedLabel[],
  now: readonly JudgedLabel[],
  reference: ReferenceShares | null,
  { distance, alpha, leastRows, rareShare }: LabelShiftOptions = usualLabelShift,
): LabelShift | null {
  const strata = new Map([...before, ...now].map(({ label }) => [label, emptyStratum()]));
  for (const [rows, side] of [
    [before, 'before'],
    [now, 'now'],
  ] as const)
    for (const { label, isError } of rows) {
      const count = strata.get(label)![side];
      count.rows += 1;
      count.hits += isError ? 1 : 0;
    }
  const shares = (side: 'before' | 'now', rows: number) =>
    [...strata.values()].map((stratum) => (rows === 0 ? 0 : stratum[side].rows / rows));
  const [then, current] = [shares('before', before.length), shares('now', now.length)];
  const moves = [...strata.keys()].map((label, i) => ({ label, from: then[i]!, to: current[i]! }));
  const distanceMoved = moves.reduce((sum, { from, to }) => sum + Math.abs(to - from), 0) / 2;
  const most = moves.toSorted((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from))[0];
  if (most === undefined || before.length === 0 || now.length === 0 || strata.has(NO_LABEL)) return null;
  const table = [...strata.values()].map((stratum) => [stratum.before.rows, stratum.now.rows]);
  const hasMoved = distanceMoved >= distance && strata.size > 1 && chiSquare(table).pValue < alpha;
  const shift = `"${most.label}" is the label of ${percent(most.to)} of the rows, and was of ${percent(most.from)}.`;
  if (!hasMoved) return { hasMoved, isExplanation: false, says: `The labels come as before: ${shift}` };

  const not = (says: string): LabelShift => ({ hasMoved, isExplanation: false, says: `${shift} ${says}` });
  const worse = worseLabels(strata, alpha);
  if (worse.length > 0)
    return not(`But that is not all: rows of ${quoted(worse)} are answered worse than before.`);
  const explained = explainedBy([...strata.values()]);
  if (explained === null) return not('There are too few rows of a label to say more.');
  const by = `With each label answered as before, the new shares alone give ${percent(explained.expected)} errors; there are ${percent(explained.now)}.`;
  if (!explained.isExplained) return not(by);
  for (const { label, to } of moves) {
    if (to < rareShare) continue;
    const of = (rows: readonly JudgedLabel[]) =>
      rows.flatMap((row) => (row.label === label ? [row.input] : []));
    const moved = findInputShift(
      { before: of(before), now: of(now), reference },
      { ...usualInputShift, alpha, leastRows },
    );
    if (moved === null) return not(`${by} There are too few rows of "${label}" to say more.`);
    if (moved.length > 0) return not(`But rows of "${label}" look other than before: ${sayMoved(moved)}`);
  }
  return { hasMoved, isExplanation: true, says: `${shift} ${by} The rows of each label look as before.` };
}

const quoted = (labels: readonly string[]) => labels.map((label) => `"${label}"`).join(', ');

type Counting = { [side in keyof Stratum]: { hits: number; rows: number } };

const emptyStratum = (): Counting => ({ before: { hits: 0, rows: 0 }, now: { hits: 0, rows: 0 } });

/** Those whose rows are shown to be answered worse than before. */
function worseLabels(strata: ReadonlyMap<string, Stratum>, alpha: number): string[] {
  const both = [...strata].filter(([, { before, now }]) => before.rows > 0 && now.rows > 0);
  const pValues = both.map(([, { before, now }]) => {
    const { z, p } = twoProportionZ(
      { successes: now.hits, trials: now.rows },
      { successes: before.hits, trials: before.rows },
    );
    return z > 0 ? p / 2 : 1;
  });
  const adjusted = holm(pValues);
  return both.filter((_, i) => adjusted[i]! < alpha).map(([label]) => label);
}
