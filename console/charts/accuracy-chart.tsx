import type { FC } from 'hono/jsx';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { RateAxis, TimeAxis } from './axes.tsx';
import { linePath, px, rateBounds, scaleOf, timeTicks } from './axis.ts';
import type { ChartData } from './chart-data.ts';
import { Lanes } from './lanes.tsx';
import { LineEnds } from './line-ends.tsx';
import { laneHeight, layouts, regretHeight } from './plot.ts';
import type { Layout, Plot } from './plot.ts';
import { RegretPanel } from './regret-panel.tsx';

type Props = { data: ChartData; layout: Layout; clock: Clock; label: string };

const top = 22;

/** Accuracy, regret, alerts, runs and champions over one axis of time. */
export const AccuracyChart: FC<Props> = ({ data, layout, clock, label }) => {
  const { width, left, right, plot: plotHeight, ticks: tickCount } = layouts[layout];
  const { history, objective, champions } = data;
  const end = width - right;
  const x = scaleOf([history.from, history.to], [left, end]);
  const plot: Plot = { x, left, end, width, inset: layout === 'narrow', clock };
  const values = history.accuracy.flatMap(({ points }) => points.map(([, value]) => value));
  const expected = history.estimated.map(([, value]) => value);
  const bounds = rateBounds([...values, ...expected, ...(objective === null ? [] : [objective])]);
  const bottom = top + plotHeight;
  const y = scaleOf(bounds, [bottom, top]);
  const time = timeTicks([history.from, history.to], tickCount, clock.zone);
  const regretTop = bottom + 40;
  const lanesTop = regretTop + regretHeight + 20;
  const foot = lanesTop + 3 * laneHeight;
  const takesOver = champions.slice(1).filter(({ from }, i) => {
    const next = champions[i + 2];
    return x(next?.from ?? Infinity) - x(from) > 90 && end - x(from) > 80;
  });
  return (
    <svg
      viewBox={`0 0 ${width} ${foot + 6}`}
      role="img"
      aria-label={label}
      tabindex={0}
      data-chart={readings(data, left, end)}
    >
      <RateAxis bounds={bounds} count={4} y={y} left={left} end={end} bottom={bottom} />
      <TimeAxis time={time} x={x} bottom={bottom} zone={clock.zone} />
      {champions.slice(1).map(({ from }) => (
        <path class="s-champion ln thin" d={`M${px(x(from))} ${top}V${foot}`} />
      ))}
      {takesOver.map(({ from, version }) => (
        <text class="m halo" x={px(x(from) + 5)} y={bottom - 7}>
          {version} takes over
        </text>
      ))}
      {data.since === null ? null : <Since at={data.since} plot={plot} foot={foot} />}
      {objective === null ? null : <path class="bound" d={`M${left} ${px(y(objective))}H${end}`} />}
      {history.estimated.length === 0 ? null : (
        <path class="ln expected" d={linePath(history.estimated, x, y, 2.5 * history.stepMs)} />
      )}
      {history.accuracy.map(({ points, role }) => (
        <path class={`ln ${role}`} d={linePath(points, x, y, 2.5 * history.stepMs)} />
      ))}
      <LineEnds data={data} plot={plot} y={y} bounds={[top, bottom]} />
      <RegretPanel data={data} plot={plot} top={regretTop} />
      <Lanes data={data} plot={plot} top={lanesTop} />
      <path class="cross" d={`M0 ${top}V${foot}`} />
    </svg>
  );
};

/** When it began to get worse: one line through everything, named above it on the side that has room. */
const Since: FC<{ at: number; plot: Plot; foot: number }> = ({ at, plot: { x, width, clock }, foot }) => {
  const left = x(at) > width / 2;
  return (
    <>
      <path class="s-bad ln thin" d={`M${px(x(at))} ${top - 16}V${foot}`} />
      <text class={left ? 'k e' : 'k'} x={px(x(at) + (left ? -5 : 5))} y={top - 8}>
        worse since {clockTime(at, clock)}
      </text>
    </>
  );
};

/** What the reading line says, for pointer and arrow keys: steps from the beginning, and rates. */
const readings = ({ history }: ChartData, x0: number, x1: number): string =>
  JSON.stringify({
    x0,
    x1,
    from: history.from,
    to: history.to,
    step: history.stepMs,
    series: history.accuracy.map(({ version, role, points }) => ({
      name: role === 'challenger' ? `${version} on trial` : version,
      points: points.map(([at, value]) => [
        Math.round((at - history.from) / history.stepMs),
        Number(value.toFixed(3)),
      ]),
    })),
  });
