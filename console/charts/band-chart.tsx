import type { FC } from 'hono/jsx';
import type { Band } from '../../domain/rollout.ts';
import { points } from '../rollout/say-rollout.ts';
import { hourAndMinute } from '../times.ts';
import type { Clock } from '../times.ts';
import { px, scaleOf, ticks } from './axis.ts';

const WIDTH = 340;
const HEIGHT = 132;
const LEFT = 46;
const END = 332;
const TOP = 10;
const BOTTOM = 104;

export type BandPoint = { at: number; band: Band };

/** The difference of two shares with its confidence sequence, narrowing towards now, against its bound. Up is worse. */
export const BandChart: FC<{ points: readonly BandPoint[]; clock: Clock; label: string }> = (props) => {
  const { points: given, clock, label } = props;
  const last = given.at(-1)!;
  const bounds = boundsOf(last.band);
  const x = scaleOf([given[0]!.at, last.at], [LEFT, END]);
  const y = scaleOf(bounds, [BOTTOM, TOP]);
  const inside = (value: number) => Math.max(TOP, Math.min(BOTTOM, y(value)));
  const at = (i: number) => (given.length === 1 ? END : x(given[i]!.at));
  const line = (value: (band: Band) => number, from: readonly BandPoint[] = given) =>
    from.map(({ band }, i) => `${px(at(i))} ${px(inside(value(band)))}`);
  const upper = line(({ high }) => high);
  const lower = line(({ low }) => low).toReversed();
  const boundAt = y(last.band.bound);
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {ticks(bounds, 3).map((value) => (
        <>
          <path class={value === 0 ? 'ax' : 'gl'} d={`M${LEFT} ${px(y(value))}H${END}`} />
          <text class="e" x={LEFT - 6} y={px(y(value) + 4)}>
            {value === 0 ? '0' : sayTick(value)}
          </text>
        </>
      ))}
      <rect
        class="off-limits"
        fill="url(#hatch)"
        x={LEFT}
        y={TOP}
        width={END - LEFT}
        height={px(boundAt - TOP)}
      />
      <path class="s-ink" d={`M${LEFT} ${px(boundAt)}H${END}`} />
      {given.length > 1 ? (
        <>
          <path class="f-band" d={`M${[...upper, ...lower].join('L')}Z`} />
          <path class="ln challenger" d={`M${line(differenceOf).join('L')}`} />
        </>
      ) : null}
      <path class="s-challenger" d={`M${END} ${px(inside(last.band.low))}V${px(inside(last.band.high))}`} />
      <circle class="f-challenger" cx={END} cy={px(inside(differenceOf(last.band)))} r={3} />
      <text class="e k halo" x={END - 8} y={px(boundAt - 5)}>
        {`bound ${points(last.band.bound)}`}
      </text>
      {given.length > 1 ? (
        <text x={LEFT} y={BOTTOM + 20}>
          {hourAndMinute({ ...clock, now: given[0]!.at })}
        </text>
      ) : null}
      <text class="e" x={END} y={BOTTOM + 20}>
        {hourAndMinute({ ...clock, now: last.at })}
      </text>
    </svg>
  );
};

/** Room for a difference of which nothing is known yet: what comes into it moves nothing. */
export const NoBand: FC<{ label: string }> = ({ label }) => (
  <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
    <path class="ax" d={`M${LEFT} ${(TOP + BOTTOM) / 2}H${END}`} />
    <text class="e" x={LEFT - 6} y={(TOP + BOTTOM) / 2 + 4}>
      0
    </text>
  </svg>
);

/** A tick is a round number: it needs no digits of its own. */
const sayTick = (value: number): string =>
  `${value < 0 ? '−' : '+'}${String(Number((100 * Math.abs(value)).toPrecision(3))).replace(/^0\./, '.')} %`;

const differenceOf = ({ challenger, champion }: Band): number =>
  (challenger.trials === 0 ? 0 : challenger.events / challenger.trials) -
  (champion.trials === 0 ? 0 : champion.events / champion.trials);

/** Room for the newest interval, for zero and for the bound; what was wider in the beginning is cut at the edge. */
function boundsOf({ low, high, bound }: Band): [number, number] {
  const up = Math.max(2 * bound, 1.4 * high, 0.002);
  const down = Math.min(-0.6 * bound, 1.4 * low, -0.001);
  return [Math.max(down, -1), Math.min(up, 1)];
}
