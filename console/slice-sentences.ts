import { wilson } from '../statistics/proportions.ts';
import type { SliceFigures } from './model-view.ts';
import { counted, rate } from './wording.ts';

export type SliceStanding = SliceFigures & {
  /** Accuracy with its interval at 95 %; null without labels. */
  estimate: { estimate: number; low: number; high: number } | null;
  /** Lower than the whole, by an interval that is wider the more values are looked at. */
  isShownWorse: boolean;
};

/** A value in words: numbers are counted by the bins of what the champion was trained on. */
export const valueWords = (value: string): string =>
  value === 'missing' ? 'missing' : value === 'unknown' ? 'never seen in training' : value;

/** Each value beside the whole: whether it is worse is said of none that chance alone may have made so. */
export function standSlices(slices: readonly SliceFigures[], whole: number | null): SliceStanding[] {
  const known = slices.filter(({ accuracy, labelled }) => accuracy !== null && labelled >= 1).length;
  return slices.map((one) => {
    const rows = Math.round(one.labelled);
    if (one.accuracy === null || rows === 0) return { ...one, estimate: null, isShownWorse: false };
    const right = Math.round(one.accuracy * rows);
    return {
      ...one,
      estimate: { estimate: one.accuracy, ...wilson(right, rows) },
      isShownWorse: whole !== null && wilson(right, rows, 1 - 0.05 / known).high < whole,
    };
  });
}

/** Where is it worse than elsewhere? */
export function saySlices(standings: readonly SliceStanding[], whole: number | null): string {
  const known = standings.filter(({ estimate }) => estimate !== null);
  if (known.length === 0) return 'No labels became known of any of them.';
  const [worst, ...others] = known
    .filter(({ isShownWorse }) => isShownWorse)
    .toSorted((a, b) => a.accuracy! - b.accuracy!);
  if (worst === undefined || whole === null)
    return `None of ${counted(known.length, 'value')} is shown to be worse than the whole.`;
  const { low, high } = worst.estimate!;
  const more = others.length === 0 ? '' : ` ${counted(others.length, 'other')} too.`;
  return (
    `Worst where \`${worst.slice}\` is ${valueWords(worst.value)}: ${rate(worst.accuracy!)} ` +
    `[${rate(low)}, ${rate(high)}] of ${counted(worst.labelled, 'label')} were right; of all, ${rate(whole)}.${more}`
  );
}
