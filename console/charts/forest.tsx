import type { FC } from 'hono/jsx';
import { px, scaleOf } from './axis.ts';
import { Chart, TwoWidths } from './frame.tsx';

/** Differences with their intervals, one a row, on a scale that all rows share. */

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

const across = ({ bounds }: ForestScale, width: number) => scaleOf(bounds, [EDGE, width - EDGE]);

type RowProps = {
  difference: number;
  interval: Interval;
  /** As far as it may fall; null where nothing hangs on it. */
  bound: number | null;
  rows: number;
  isReported: boolean;
  scale: ForestScale;
  label: string;
};

/** `middle` is the room for it on a small laptop, where it is drawn again. */
export const ForestRow: FC<RowProps & { middle: number }> = ({ middle, ...row }) => (
  <TwoWidths middle={middle} draw={(width) => <DrawnRow {...row} width={width} />} />
);

const DrawnRow: FC<RowProps & { width: number }> = (props) => {
  const { difference, interval, bound, rows, isReported, scale, label, width } = props;
  const x = across(scale, width);
  const [low, high, at] = [x(interval.low), x(interval.high), x(difference)];
  const ink = isReported ? 's-ink2' : 's-ink';
  return (
    <Chart class="forest" width={width} height={26} label={label}>
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
const LETTER = 6.8;

const sides = [
  ['← champion better', 'challenger better →'],
  ['← champion', 'challenger →'],
  ['← worse', 'better →'],
] as const;

/**
 * The words on both sides of zero and where the one ends and the other begins: as near to zero as there is room, the
 * long ones where both have it.
 */
export function placeSides(
  zero: number,
  width: number,
): { words: readonly [string, string]; end: number; start: number } {
  const of = ([left, right]: readonly [string, string]) => {
    const [wide, wider] = [LETTER * left.length, LETTER * right.length];
    const end = Math.min(Math.max(zero - GAP, wide), width - wider - 2 * GAP);
    return {
      words: [left, right] as const,
      end,
      start: Math.max(end + 2 * GAP, Math.min(zero + GAP, width - wider)),
    };
  };
  const places = sides.map(of);
  return places.find(({ words, end }) => LETTER * words[0].length <= end) ?? places.at(-1)!;
}

type AxisProps = { scale: ForestScale; say: (tick: number) => string };

export const ForestAxis: FC<AxisProps & { middle: number }> = ({ middle, ...axis }) => (
  <TwoWidths middle={middle} draw={(width) => <DrawnAxis {...axis} width={width} />} />
);

const DrawnAxis: FC<AxisProps & { width: number }> = ({ scale, say, width }) => {
  const x = across(scale, width);
  const { words, end, start } = placeSides(x(0), width);
  const last = scale.ticks.length - 1;
  return (
    <svg class="forest" viewBox={`0 0 ${width} 36`} width={width} height={36} aria-hidden="true">
      <path class="ax" d={`M${EDGE} .5H${width - EDGE}`} />
      {scale.ticks.map((tick, i) => (
        <>
          <path class="ax" d={`M${px(x(tick))} 0V5`} />
          <text
            class={i === 0 ? '' : i === last ? 'e' : 'c'}
            x={px(i === 0 ? 0 : i === last ? width : x(tick))}
            y="17"
          >
            {say(tick)}
          </text>
        </>
      ))}
      <text class="e" x={px(end)} y="32">
        {words[0]}
      </text>
      <text x={px(start)} y="32">
        {words[1]}
      </text>
    </svg>
  );
};
