import type { Kept } from '../../training/classification/keep-old.ts';

/** What was kept of the old, under the names that scripts rely on; shares of golden rows that are answered right. */
export const keptLine = ({ goldenRows, before, after, share }: Kept) => ({
  goldenRows,
  accuracyBefore: before,
  accuracyAfter: after,
  /** 1: as much as before, or more. */
  keptShare: before === 0 ? 1 : Math.min(1, after / before),
  interpolation: share,
});

/** The same for a person. */
export function sayKept(kept: Kept): string {
  const { goldenRows, accuracyBefore, accuracyAfter, keptShare } = keptLine(kept);
  return (
    `Of what it knew before, ${percent(keptShare)} is kept: of ${goldenRows.toLocaleString('en-US')} golden rows ` +
    `it answered ${percent(accuracyBefore)} right, and now ${percent(accuracyAfter)}.`
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
