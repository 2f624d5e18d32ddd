import type { Promotion } from './deployments.ts';

/** What a promotion had learnt from: which share of its training rows is from before the latest change. */
export type PromotionShare = {
  version: string;
  atRow: number;
  /** Null where the version came back without a training. */
  trainingRows: number | null;
  changeAtRow: number | null;
  shareBefore: number | null;
};

/** The latest change counts from the newest training row: a version cannot know of a change that came later. */
export function promotionShares(
  promotions: readonly Promotion[],
  changes: readonly number[],
): PromotionShare[] {
  return promotions.map(({ version, atRow, trainingRows }) => {
    const newest = trainingRows === null ? atRow : Math.max(...trainingRows);
    const changeAtRow = changes.findLast((row) => row <= newest) ?? null;
    const isTold = trainingRows !== null && changeAtRow !== null;
    return {
      version,
      atRow,
      trainingRows: trainingRows?.length ?? null,
      changeAtRow,
      shareBefore: isTold
        ? trainingRows.filter((row) => row < changeAtRow).length / trainingRows.length
        : null,
    };
  });
}

export const sayPromotion = ({
  version,
  atRow,
  trainingRows,
  changeAtRow,
  shareBefore,
}: PromotionShare): string =>
  `Row ${atRow}: ${version} ` +
  (trainingRows === null
    ? 'came back, without a training.'
    : shareBefore === null
      ? `was promoted; it had learnt from ${trainingRows} rows before any change.`
      : `was promoted; of the ${trainingRows} rows that it had learnt from, ${(100 * shareBefore).toFixed(1)} % ` +
        `are from before the change at row ${changeAtRow}.`);

/** For each change that was played, the first promotion between it and the next one; null where there was none. */
export const closings = (
  promotions: readonly Pick<Promotion, 'version' | 'atRow'>[],
  changes: readonly number[],
  toRow: number,
): { changeAtRow: number; promotedAtRow: number | null }[] =>
  changes
    .filter((row) => row < toRow)
    .map((changeAtRow, i) => {
      const until = changes[i + 1] ?? toRow;
      const first = promotions.find(({ atRow }) => atRow >= changeAtRow && atRow < until);
      return { changeAtRow, promotedAtRow: first?.atRow ?? null };
    });
