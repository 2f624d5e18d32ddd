import { logEAbove, logEBelow } from './paired-difference.ts';

/** Where a forecast of the missing labels gives up. */
const FARTHEST_ROWS = 1_000_000;

/**
 * How many more labelled rows would settle it, if they went on as those seen: the least n for which the rows, grown by n
 * in the same shares, are evidence that the mean difference lies above `above`, or below it. 0 when it is settled
 * already, `null` when a million rows would not do. A forecast, not a promise.
 */
export function labelsToSettle({
  wins,
  losses,
  rows,
  alpha,
  above = 0,
}: {
  wins: number;
  losses: number;
  rows: number;
  alpha: number;
  above?: number;
}): number | null {
  const limit = -Math.log(alpha);
  const isSettled = (more: number) => {
    const grown = rows > 0 ? 1 + more / rows : 1;
    const pairs = { wins: wins * grown, losses: losses * grown, ties: (rows - wins - losses) * grown };
    return logEAbove(pairs, above) > limit || logEBelow(pairs, above) > limit;
  };
  if (isSettled(0)) return 0;
  if (rows <= 0) return null;
  let beyond = 1;
  while (!isSettled(beyond)) {
    if (beyond >= FARTHEST_ROWS) return null;
    beyond *= 2;
  }
  let short = Math.floor(beyond / 2);
  while (beyond - short > 1) {
    const middle = Math.floor((beyond + short) / 2);
    if (isSettled(middle)) beyond = middle;
    else short = middle;
  }
  return beyond;
}
