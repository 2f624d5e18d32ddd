import type { FC } from 'hono/jsx';
import { amount } from '../wording.ts';
import { linePath, px, scaleOf, spread } from './axis.ts';
import type { ChartData } from './chart-data.ts';
import { regretHeight } from './plot.ts';
import type { Plot } from './plot.ts';

/** Regret in errors, against what a training is worth. */
export const RegretPanel: FC<{ data: ChartData; plot: Plot; top: number }> = ({ data, plot, top }) => {
  const { x, left, end, inset } = plot;
  const { regret, stepMs } = data.history;
  const { price } = data;
  const bottom = top + regretHeight;
  const high = Math.max(price ?? 0, ...regret.map(([, value]) => value), 1);
  const y = scaleOf([0, high * 1.06], [bottom, top]);
  const last = regret.at(-1);
  const wanted = [...(price === null ? [] : [y(price)]), ...(last === undefined ? [] : [y(last[1])])];
  const places = spread(wanted, 13, [top, bottom]);
  const isLevel = regret.filter(([at]) => x(at) > end - WORDS).every(([, value]) => y(value) < top + 14);
  const lastAt = last === undefined ? top : y(last[1]);
  const aboveEnd = isLevel && lastAt < top + 14 ? lastAt + 14 : Math.max(top + 8, lastAt - 6);
  // Inside the plot it stands on the side of its bound that the line leaves free.
  const beside = regret.filter(([at]) => x(at) < left + WORDS).map(([, value]) => y(value));
  const isBelow = price !== null && !beside.some((at) => at > y(price) - 2 && at < y(price) + 16);
  return (
    <>
      <text x={0} y={inset ? top - 6 : top + 12}>
        Regret
      </text>
      <path class="gl" d={`M${left} ${bottom}H${end}`} />
      {price === null ? null : (
        <>
          <path class="bound" d={`M${left} ${px(y(price))}H${end}`} />
          {inset ? null : (
            <text x={end + 8} y={px(places[0]! + 4)}>
              price {amount(price)}
            </text>
          )}
        </>
      )}
      {last === undefined ? null : (
        <>
          <path class="ln regret" d={linePath(regret, x, y, 2.5 * stepMs)} />
          <circle class="f-ink2" cx={px(x(last[0]))} cy={px(y(last[1]))} r={2.5} />
          <text
            class={inset ? 'k e halo' : 'k'}
            x={inset ? end : end + 8}
            y={px(inset ? aboveEnd : places.at(-1)! + 4)}
          >
            {amount(last[1])} errors
          </text>
        </>
      )}
      {price === null || !inset ? null : (
        <text class="halo" x={left + 4} y={px(y(price) + (isBelow ? 12 : -4))}>
          a training: {amount(price)}
        </text>
      )}
    </>
  );
};

/** About the width of what stands inside the plot. */
const WORDS = 96;
