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
  return (
    <>
      <text x={0} y={inset ? top - 6 : top + 12}>
        Regret
      </text>
      <path class="gl" d={`M${left} ${bottom}H${end}`} />
      {price === null ? null : (
        <>
          <path class="bound" d={`M${left} ${px(y(price))}H${end}`} />
          <text x={inset ? left + 4 : end + 8} y={px(inset ? y(price) + 12 : places[0]! + 4)}>
            {inset ? `a training: ${amount(price)}` : `price ${amount(price)}`}
          </text>
        </>
      )}
      {last === undefined ? null : (
        <>
          <path class="ln regret" d={linePath(regret, x, y, 2.5 * stepMs)} />
          <circle class="f-ink2" cx={px(x(last[0]))} cy={px(y(last[1]))} r={2.5} />
          <text
            class={inset ? 'k e halo' : 'k'}
            x={inset ? end : end + 8}
            y={px(inset ? Math.max(top + 8, y(last[1]) - 6) : places.at(-1)! + 4)}
          >
            {amount(last[1])} errors
          </text>
        </>
      )}
    </>
  );
};
