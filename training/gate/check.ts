import type { ErrorCode } from '../../domain/error-codes.ts';

/** One thing that a gate looks at: what it is, how sure that is, what it has to be, and what follows. */
export type Check = Readonly<{
  /** "accuracy.difference", "macroF1.lowerBound", "slice:day=Monday": the same thing has the same name at every look. */
  name: string;
  /** Null where it is not known: no rows, or no score. */
  value: number | null;
  /** Where the truth may lie; null for what is counted and not estimated. */
  interval: Readonly<{ low: number; high: number }> | null;
  bound: number | null;
  /** Which way the bound goes; `least` where nothing is said. */
  side?: 'least' | 'most';
  /** `hold`: the interval straddles the bound. `reported`: shown, and decides nothing. */
  result: 'pass' | 'fail' | 'hold' | 'reported';
  /** Rows that it rests on. */
  rows: number;
  sentence: string;
  /** What docs/reference/errors.md has more about. */
  code?: ErrorCode;
  /** Of a hold that no patience ends: a person has to look, until the run may not wait any longer. */
  untilExpiry?: true;
  /**
   * Of a hold where too little is there to judge by: for this check (`itself`), or for anything (`everything`). No
   * patience ends it: labels do, or the end of the waiting.
   */
  blind?: 'itself' | 'everything';
  /** Of a hold: about how many more labelled rows would settle it; null where nothing can be foreseen. */
  labelsNeeded?: number | null;
}>;

export type Interval = Readonly<{ low: number; high: number }>;

/** What an interval says of a bound that must not be undercut: all above, all below, or it cannot be told yet. */
export function againstLower({ low, high }: Interval, bound: number): 'pass' | 'fail' | 'hold' {
  if (low >= bound) return 'pass';
  return high < bound ? 'fail' : 'hold';
}

export const againstUpper = ({ low, high }: Interval, bound: number): 'pass' | 'fail' | 'hold' =>
  againstLower({ low: -high, high: -low }, -bound);

/** Where forecasts give up. */
const FARTHEST_ROWS = 1_000_000;

/**
 * About how many more rows make an interval so narrow that the bound lies outside: its width falls with the root of the
 * rows. A forecast, not a promise; null where it would be more than a million, or the value lies on the bound.
 */
export function rowsToSettle(
  rows: number,
  value: number,
  { low, high }: Interval,
  bound: number,
): number | null {
  const half = value > bound ? value - low : high - value;
  const away = Math.abs(value - bound);
  if (away === 0 || rows === 0 || !Number.isFinite(half)) return null;
  const more = Math.ceil(rows * (half / away) ** 2 - rows);
  return more > FARTHEST_ROWS ? null : Math.max(1, more);
}

/** A figure between 0 and 1, or a loss, with three digits and without a leading zero. */
export const figure = (value: number): string =>
  value
    .toFixed(3)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−');
/** "+1.3 points" as people say it; a true minus sign. */
export const points = (difference: number): string =>
  `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)} points`;
