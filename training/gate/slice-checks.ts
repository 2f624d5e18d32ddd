/**
 * No significant harm in any slice: the rows that share a value of a declared feature. Evidence of harm counts after
 * Holm's correction over all slices that are judged, by the same test that may be asked at every look; slices with few
 * rows are shown and decide nothing.
 *
 * On rows that have judged others before, the interval, and with it the claim that there is no harm, may spend less of α.
 * Evidence of harm may not: a guard that needed more of it with each use would let more harm through the more a test set
 * is worn out.
 *
 * Source: S. Holm, Scand. J. Statist. 6 (1979), with the anytime-valid p-value min(1, 1/E).
 */
import { count } from '../../domain/count.ts';
import type { GateConfig } from '../../domain/gate-config.ts';
import { holm } from '../../statistics/multiple-testing.ts';
import { logEBelow, pairedBounds } from '../../statistics/sequential/paired-difference.ts';
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import { pairsOf, type AnsweredRows } from './answered-rows.ts';
import { points, type Check } from './check.ts';

type Slice = { feature: string; value: string; pairs: Pairs; rows: number };

export function sliceChecks(
  answered: AnsweredRows,
  {
    slices: features,
    alpha,
    sliceMargin,
    minSliceRows,
    alphaOfUse = alpha,
  }: Pick<GateConfig, 'slices' | 'alpha' | 'sliceMargin' | 'minSliceRows'> & { alphaOfUse?: number },
): Check[] {
  const slices = features.flatMap((feature) => slicesBy(answered, feature));
  const judged = slices.filter(({ rows }) => rows >= minSliceRows);
  const adjusted = holm(judged.map(({ pairs }) => Math.min(1, Math.exp(-logEBelow(pairs, 0)))));
  const harmed = new Map(judged.map((slice, i) => [slice, adjusted[i]! < alpha]));
  return slices.map((slice): Check => {
    const { feature, value, pairs, rows } = slice;
    const interval = pairedBounds(pairs, alphaOfUse);
    const difference = (pairs.wins - pairs.losses) / rows;
    const where = `Where ${feature} is ${value} (${count(rows)} rows)`;
    const same = {
      name: `slice:${feature}=${value}`,
      value: difference,
      interval,
      bound: -sliceMargin,
      rows,
    };
    const isHarmed = harmed.get(slice);
    if (isHarmed === undefined)
      return {
        ...same,
        result: 'reported',
        sentence: `${where} no clear harm can be seen or ruled out (${points(difference)}): with fewer than ${count(minSliceRows)} rows it is only reported.`,
      };
    if (isHarmed)
      return {
        ...same,
        result: 'fail',
        sentence: `${where} the challenger is worse: it alone was right on ${count(pairs.wins)}, the champion alone on ${count(pairs.losses)}.`,
      };
    const isSafe = interval.low >= -sliceMargin;
    return {
      ...same,
      result: 'pass',
      sentence: `${where} there is ${isSafe ? 'no harm' : 'no clear harm'} (${points(difference)}).`,
    };
  });
}

function slicesBy(answered: AnsweredRows, feature: string): Slice[] {
  const values = new Map<string, number[]>();
  for (const i of answered.independent) {
    const value = String(answered.rows[i]!.input?.[feature] ?? 'missing');
    const rows = values.get(value);
    if (rows === undefined) values.set(value, [i]);
    else rows.push(i);
  }
  return [...values]
    .map(([value, rows]) => ({ feature, value, rows: rows.length, pairs: pairsOf(answered, rows) }))
    .sort((a, b) => b.rows - a.rows);
}
