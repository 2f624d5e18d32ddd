/**
 * Fairness gaps: how far the accuracies of the challenger lie apart between declared groups, those with too few rows left
 * out. The bootstrap draws rows within their groups' counts; the gap of a few groups is never below 0, so that its
 * interval leans up on few rows, to the safe side.
 */
import { count } from '../../domain/count.ts';
import type { GateConfig } from '../../domain/gate-config.ts';
import { bootstrapCounts, type BootstrapOptions } from '../../statistics/bootstrap.ts';
import type { AnsweredRows } from './answered-rows.ts';
import type { Check } from './check.ts';
import { bounded } from './threshold-checks.ts';

export function fairnessCheck(
  { rows, ours, independent }: AnsweredRows,
  { feature, gapAtMost }: GateConfig['fairness'][number],
  { minSliceRows, ...options }: BootstrapOptions & { minSliceRows: number },
): Check {
  const groups = new Map<string, { right: number; wrong: number }>();
  for (const i of independent) {
    const value = String(rows[i]!.input?.[feature] ?? 'missing');
    const group = groups.get(value) ?? { right: 0, wrong: 0 };
    group[ours.right[i] === 1 ? 'right' : 'wrong'] += 1;
    groups.set(value, group);
  }
  const judged = [...groups.values()].filter(({ right, wrong }) => right + wrong >= minSliceRows);
  const name = `fairness:${feature}`;
  if (judged.length < 2)
    return {
      name,
      value: null,
      interval: null,
      bound: gapAtMost,
      result: 'hold',
      rows: independent.length,
      sentence: `Of the groups of ${feature} fewer than two have the ${count(minSliceRows)} rows that a comparison needs.`,
      blind: 'itself',
      labelsNeeded: untilTwo(groups, minSliceRows),
    };
  const [gap] = bootstrapCounts(
    judged.flatMap(({ right, wrong }) => [right, wrong]),
    (counts) => {
      const shares = judged.map((_, g) => counts[2 * g]! / Math.max(1, counts[2 * g]! + counts[2 * g + 1]!));
      return [Math.max(...shares) - Math.min(...shares)];
    },
    options,
  );
  const what = `the gap between the groups of ${feature}`;
  return bounded(name, what, gap!, gapAtMost, 'most', independent.length)!;
}

/** Until the second largest group has its rows, where groups go on coming as often as they did. */
function untilTwo(
  groups: ReadonlyMap<string, { right: number; wrong: number }>,
  least: number,
): number | null {
  const sizes = [...groups.values()].map(({ right, wrong }) => right + wrong).sort((a, b) => b - a);
  const second = sizes[1];
  if (second === undefined) return null;
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  return Math.ceil((rows * (least - second)) / second);
}
