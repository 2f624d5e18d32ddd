import { keptShare } from '../../domain/kept.ts';
import type { Kept } from '../../domain/kept.ts';

/** What was kept of the old, under the names that scripts rely on; shares of golden rows that are answered right. */
export const keptLine = (kept: Kept) => ({
  goldenRows: kept.goldenRows,
  accuracyBefore: kept.before,
  accuracyAfter: kept.after,
  /** 1: as much as before, or more. */
  keptShare: keptShare(kept),
  interpolation: kept.share,
});
