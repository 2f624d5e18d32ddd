import { wilson } from '../../../statistics/proportions.ts';
import type { Simulated } from './simulated.ts';

/** A figure, and the 95 % interval around it. */
export type Sure = Readonly<{ value: number; low: number; high: number }>;

export type Detected = Readonly<{
  /** Rows from a rise to the first drift that is found after it; of those that are found. Null where none is. */
  delay: Sure | null;
  /** Share of the rises that are not found before the next change. Null where there are none. */
  missed: Sure | null;
  /** Drifts in 10,000 rows of a stretch in which nothing has ever changed. */
  falseAlarms: Sure;
}>;

const rounded = (value: number) => Number(value.toPrecision(4));

/** The mean, and the normal interval around it. */
function meanOf(values: readonly number[]): Sure {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = values.length < 2 ? 0 : 1.96 * Math.sqrt(squares / (values.length - 1) / values.length);
  return { value: rounded(mean), low: rounded(Math.max(0, mean - half)), high: rounded(mean + half) };
}

/** What drifts that were found on several streams are worth. */
export function scoreDrifts(streams: readonly Simulated[], drifts: readonly (readonly number[])[]): Detected {
  const delays: number[] = [];
  let rises = 0;
  const falseAlarms = streams.map(({ bits, changes }, k) => {
    for (const [c, { at, isRise }] of changes.entries()) {
      if (!isRise) continue;
      rises += 1;
      const until = changes[c + 1]?.at ?? bits.length;
      const found = drifts[k]!.find((i) => i >= at && i < until);
      if (found !== undefined) delays.push(found - at);
    }
    const quiet = changes[0]?.at ?? bits.length;
    return (10_000 * drifts[k]!.filter((i) => i < quiet).length) / quiet;
  });
  const missed = rises - delays.length;
  const share = rises === 0 ? null : wilson(missed, rises);
  return {
    delay: delays.length === 0 ? null : meanOf(delays),
    missed:
      share === null
        ? null
        : { value: rounded(missed / rises), low: rounded(share.low), high: rounded(share.high) },
    falseAlarms: meanOf(falseAlarms),
  };
}
