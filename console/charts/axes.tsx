import type { FC } from 'hono/jsx';
import { tickTime } from '../times.ts';
import { rate } from '../wording.ts';
import { px, ticks } from './axis.ts';
import type { Scale } from './axis.ts';

type RateAxisProps = {
  bounds: readonly [number, number];
  /** About so many lines. */
  count: number;
  y: Scale;
  left: number;
  end: number;
  bottom: number;
};

/** Lines on whole rates across the plot, their names on the left, and the foot of the plot. */
export const RateAxis: FC<RateAxisProps> = ({ bounds, count, y, left, end, bottom }) => (
  <>
    {ticks(bounds, count).map((value) => (
      <>
        <path class="gl" d={`M${left} ${px(y(value))}H${end}`} />
        <text class="e" x={left - 6} y={px(y(value) + 4)}>
          {rate(value, 2)}
        </text>
      </>
    ))}
    <path class="ax" d={`M${left} ${bottom}H${end}`} />
  </>
);

type TimeAxisProps = {
  time: { at: readonly number[]; stepMs: number };
  x: Scale;
  bottom: number;
  zone: string;
};

/** Times below the foot of the plot. */
export const TimeAxis: FC<TimeAxisProps> = ({ time, x, bottom, zone }) => (
  <>
    {time.at.map((at) => (
      <>
        <path class="ax" d={`M${px(x(at))} ${bottom}v4`} />
        <text class="c" x={px(x(at))} y={bottom + 16}>
          {tickTime(at, time.stepMs, zone)}
        </text>
      </>
    ))}
  </>
);
