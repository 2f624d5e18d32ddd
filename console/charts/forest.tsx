import type { FC } from 'hono/jsx';
import { px, scaleOf } from './axis.ts';
import { Chart } from './frame.tsx';

/** Differences with their intervals, one a row, on a scale that all rows share. */

const WIDTH = 330;
const EDGE = 4;

export type ForestScale = Readonly<{ bounds: readonly [number, number]; ticks: readonly number[] }>;
type Interval = Readonly<{ low: number; high: number }>;

/** Room for every interval, for zero and for the bound, at round steps. */
export function forestScale(intervals: readonly Interval[], bound: number): ForestScale {
  const low = Math.min(-bound, ...intervals.map((one) => one.low));
  const high = Math.max(bound, ...intervals.map((one) => one.high));
  const step = stepFor(high - low);
  const from = Math.floor(low / step);
  const to = Math.ceil(high / step);
  return {
    bounds: [from * step, to * step],
    ticks: Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step),
  };
}

/** The smallest round step with which there are at most five. */
const stepFor = (span: number): number =>
  [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((step) => span / step <= 4) ?? 1;

const across = ({ bounds }: ForestScale) => scaleOf(bounds, [EDGE, WIDTH - EDGE]);

export const ForestRow: FC<{
  difference: number;
  interval: Interval;
  /** As far as it may fall; null where nothing hangs on it. */
  bound: number | null;
  rows: number;
  isReported: boolean;
  scale: ForestScale;
  label: string;
}> = ({ difference, interval, bound, rows, isReported, scale, label }) => {
  const x = across(scale);
  const [low, high, at] = [x(interval.low), x(interval.high), x(difference)];
  const ink = isReported ? 's-ink2' : 's-ink';
  return (
    <Chart class="forest" width={WIDTH} height={26} label={label}>
      {bound === 0 ? null : <path class="ax" d={`M${px(x(0))} 0V26`} />}
      {bound === null ? null : <path class="s-ink" d={`M${px(x(bound))} 3V23`} />}
      <path class={ink} stroke-width="1.5" d={`M${px(low)} 13H${px(high)}M${px(low)} 9v8M${px(high)} 9v8`} />
      <circle
        class={isReported ? 'hollow s-ink2' : 'f-challenger'}
        cx={px(at)}
        cy={13}
        r={px(radius(rows))}
      />
    </Chart>
  );
};

/** More rows, a larger dot, within what an eye can compare. */
const radius = (rows: number): number => Math.max(3, Math.min(6.5, 1.2 * Math.log10(rows + 1) + 1));

/** From zero to the words beside it. */
const GAP = 9;
/** Of a letter of the axis, on average and rather too much. */
const LETTER = 6;

/** The longest of these words that has room; nothing is better than half a word. */
const fitting = (words: readonly string[], room: number): string =>
  words.find((word) => LETTER * word.length <= room) ?? '';

export const ForestAxis: FC<{ scale: ForestScale; say: (tick: number) => string }> = ({ scale, say }) => {
  const x = across(scale);
  return (
    <svg class="forest" viewBox={`0 0 ${WIDTH} 36`} width={WIDTH} height={36} aria-hidden="true">
      <path class="ax" d={`M${EDGE} .5H${WIDTH - EDGE}`} />
      {scale.ticks.map((tick, i) => (
        <>
          <path class="ax" d={`M${px(x(tick))} 0V5`} />
          <text
            class={i === 0 ? '' : i === scale.ticks.length - 1 ? 'e' : 'c'}
            x={px(i === 0 ? 0 : i === scale.ticks.length - 1 ? WIDTH : x(tick))}
            y="17"
          >
            {say(tick)}
          </text>
        </>
      ))}
      <text class="e" x={px(x(0) - GAP)} y="32">
        {fitting(['← champion better', '← champion', '←'], x(0) - GAP)}
      </text>
      <text x={px(x(0) + GAP)} y="32">
        {fitting(['challenger better →', 'challenger →', '→'], WIDTH - x(0) - GAP)}
      </text>
    </svg>
  );
};
