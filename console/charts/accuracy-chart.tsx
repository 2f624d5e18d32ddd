import type { FC, PropsWithChildren } from 'hono/jsx';
import { Glyph } from '../pages/icons.tsx';
import { tickTime } from '../times.ts';
import { amount, rate } from '../wording.ts';
import { linePath, px, rateBounds, scaleOf, spread, ticks, timeTicks } from './axis.ts';
import type { Scale } from './axis.ts';
import type { ChartData } from './chart-data.ts';

/** The three layouts; each is drawn for its width, never scaled far down. */
export type Layout = 'wide' | 'middle' | 'narrow';
const layouts = {
  wide: { width: 1112, left: 76, right: 128, plot: 214, ticks: 10 },
  middle: { width: 780, left: 76, right: 116, plot: 200, ticks: 7 },
  narrow: { width: 358, left: 34, right: 12, plot: 170, ticks: 4 },
} as const;

const regretHeight = 52;
const lane = 26;

type Props = { data: ChartData; layout: Layout; zone: string; label: string };

/** Accuracy, regret, alerts, runs and champions over one axis of time. */
export const AccuracyChart: FC<Props> = ({ data, layout, zone, label }) => {
  const { width, left, right, plot, ticks: tickCount } = layouts[layout];
  const { history, objective, champions } = data;
  const end = width - right;
  const x = scaleOf([history.from, history.to], [left, end]);
  const values = history.accuracy.flatMap(({ points }) => points.map(([, v]) => v));
  const bounds = rateBounds(objective === null ? values : [...values, objective]);
  const top = 22;
  const bottom = top + plot;
  const y = scaleOf(bounds, [bottom, top]);
  const time = timeTicks([history.from, history.to], tickCount, zone);
  const regretTop = bottom + 40;
  const lanes = regretTop + regretHeight + 20;
  const height = lanes + 3 * lane + 6;
  const inset = layout === 'narrow';
  const gap = 2.5 * history.stepMs;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      tabindex={0}
      data-chart={readings(data, left, end)}
      data-top={top}
      data-bottom={lanes + 3 * lane}
    >
      {ticks(bounds, 4).map((value) => (
        <>
          <path class="gl" d={`M${left} ${px(y(value))}H${end}`} />
          <text class="e" x={left - 6} y={px(y(value) + 4)}>
            {rate(value, 2)}
          </text>
        </>
      ))}
      <path class="ax" d={`M${left} ${bottom}H${end}`} />
      {time.at.map((at) => (
        <>
          <path class="ax" d={`M${px(x(at))} ${bottom}v4`} />
          <text class="c" x={px(x(at))} y={bottom + 16}>
            {tickTime(at, time.stepMs, zone)}
          </text>
        </>
      ))}
      {champions.slice(1).map(({ from, version }, i) => (
        <Takeover
          at={x(from)}
          label={labelFits(champions, i + 1, x, 90) ? `${version} takes over` : ''}
          bottom={bottom}
          down={lanes + 3 * lane}
        />
      ))}
      {data.since === null ? null : (
        <>
          <path class="s-bad ln thin" d={`M${px(x(data.since))} ${top}V${lanes + 3 * lane}`} />
          <text
            class={`k halo ${x(data.since) > width / 2 ? 'e' : ''}`}
            x={px(x(data.since) + (x(data.since) > width / 2 ? -5 : 5))}
            y={top - 8}
          >
            worse since {tickTime(data.since, 60_000, zone)}
          </text>
        </>
      )}
      {objective === null ? null : <path class="bound" d={`M${left} ${px(y(objective))}H${end}`} />}
      {history.accuracy.map(({ points, role }) => (
        <path class={`ln ${role}`} d={linePath(points, x, y, gap)} />
      ))}
      <Ends data={data} x={x} y={y} end={end} inset={inset} bounds={[top, bottom]} />
      <RegretPanel data={data} x={x} left={left} end={end} top={regretTop} inset={inset} />
      <LaneName left={left} y={lanes} inset={inset}>
        Alerts
      </LaneName>
      {apart(
        data.alerts.map((a) => ({ ...a, x: x(a.at) })),
        15,
      ).map(({ x: at, tone, title }) => (
        <g transform={`translate(${px(at - 7)} ${lanes + 6})`}>
          <title>{title}</title>
          <Glyph name={tone} size={14} tone={tone} />
        </g>
      ))}
      <LaneName left={left} y={lanes + lane} inset={inset}>
        Runs
      </LaneName>
      {data.runs.map(({ from, to, mark, title }) => {
        const wide = Math.max(4, x(to) - x(from));
        return (
          <g>
            <title>{`${title}. ${mark.word}.`}</title>
            <rect
              class={`run ${mark.tone}`}
              x={px(x(from))}
              y={lanes + lane + 7}
              width={px(wide)}
              height={12}
              rx={3}
            />
            {wide > 7 * mark.word.length ? (
              <text class="m" x={px(x(from) + 6)} y={lanes + lane + 17}>
                {mark.word}
              </text>
            ) : null}
          </g>
        );
      })}
      <LaneName left={left} y={lanes + 2 * lane} inset={inset}>
        Champion
      </LaneName>
      {champions.map(({ version, from, to }) => (
        <>
          <rect
            class="f-soft"
            x={px(x(from))}
            y={lanes + 2 * lane + 6}
            width={px(Math.max(2, x(to) - x(from) - 1))}
            height={14}
            rx={2}
          />
          {x(to) - x(from) > 26 ? (
            <text class="m" x={px(x(from) + 6)} y={lanes + 2 * lane + 17}>
              {version}
            </text>
          ) : null}
        </>
      ))}
      <path class="cross" d={`M0 ${top}V${lanes + 3 * lane}`} />
    </svg>
  );
};

const LaneName: FC<PropsWithChildren<{ left: number; y: number; inset: boolean }>> = ({
  y,
  inset,
  children,
}) => (
  <>
    <path class="gl" d={`M0 ${y}H2000`} />
    {inset ? (
      <text class="lane-s" x={0} y={y + 16}>
        {String(children).slice(0, 5)}
      </text>
    ) : (
      <text x={0} y={y + 17}>
        {children}
      </text>
    )}
  </>
);

const Takeover: FC<{ at: number; label: string; bottom: number; down: number }> = ({
  at,
  label,
  bottom,
  down,
}) => (
  <>
    <path class="s-champion ln thin" d={`M${px(at)} 22V${down}`} />
    {label === '' ? null : (
      <text class="m halo" x={px(at + 5)} y={bottom - 7}>
        {label}
      </text>
    )}
  </>
);

/** A dot and a name at the end of each line, moved apart where they would touch. */
const Ends: FC<{
  data: ChartData;
  x: Scale;
  y: Scale;
  end: number;
  inset: boolean;
  bounds: [number, number];
}> = (props) => {
  const { data, x, y, end, inset, bounds } = props;
  const champion = data.history.accuracy
    .filter((s) => s.role === 'champion')
    .toSorted((a, b) => lastAt(a) - lastAt(b))
    .at(-1);
  const lines = [
    ...(champion === undefined ? [] : [champion]),
    ...data.history.accuracy.filter((s) => s.role === 'challenger'),
  ].map((series) => {
    const [at, value] = series.points.at(-1)!;
    return {
      role: series.role as string,
      text: `${series.version} ${rate(value, 2)}`,
      x: x(at),
      y: y(value),
      dot: true,
    };
  });
  const labels = [
    ...lines,
    ...(data.objective === null || inset
      ? []
      : [
          {
            role: 'ink3',
            text: `objective ${rate(data.objective, 2)}`,
            x: end,
            y: y(data.objective),
            dot: false,
          },
        ]),
  ];
  const places = spread(
    labels.map((l) => l.y),
    14,
    [bounds[0], bounds[1]],
  );
  return (
    <>
      {labels.map(({ role, text, x: at, y: value, dot }, i) => (
        <>
          {dot ? <circle class={`f-${role}`} cx={px(at)} cy={px(value)} r={3} /> : null}
          {inset ? (
            <text class={`f-${role} e halo`} x={end} y={px(Math.max(bounds[0] + 8, places[i]! - 8))}>
              {text}
            </text>
          ) : (
            <text class={`f-${role}`} x={end + 8} y={px(places[i]! + 4)}>
              {text}
            </text>
          )}
        </>
      ))}
    </>
  );
};

/** Regret in errors, against what a training is worth. */
const RegretPanel: FC<{
  data: ChartData;
  x: Scale;
  left: number;
  end: number;
  top: number;
  inset: boolean;
}> = (props) => {
  const { data, x, left, end, top, inset } = props;
  const { regret, stepMs } = data.history;
  const bottom = top + regretHeight;
  const high = Math.max(data.price ?? 0, ...regret.map(([, v]) => v), 1);
  const y = scaleOf([0, high * 1.06], [bottom, top]);
  const last = regret.at(-1);
  const named = spread(
    [...(data.price === null ? [] : [y(data.price)]), ...(last === undefined ? [] : [y(last[1])])],
    13,
    [top, bottom],
  );
  return (
    <>
      <text class={inset ? 'lane-s' : ''} x={0} y={inset ? top - 6 : top + 12}>
        Regret
      </text>
      <path class="gl" d={`M${left} ${bottom}H${end}`} />
      {data.price === null ? null : (
        <>
          <path class="bound" d={`M${left} ${px(y(data.price))}H${end}`} />
          <text x={inset ? left + 4 : end + 8} y={px(inset ? y(data.price) + 12 : named[0]! + 4)}>
            {inset ? `a training: ${amount(data.price)}` : `price ${amount(data.price)}`}
          </text>
        </>
      )}
      {last === undefined ? null : (
        <>
          <path class="ln regret" d={linePath(regret, x, y, 2.5 * stepMs)} />
          <circle class="f-ink2" cx={px(x(last[0]))} cy={px(y(last[1]))} r={2.5} />
          <text
            class={`k ${inset ? 'e halo' : ''}`}
            x={inset ? end : end + 8}
            y={px(inset ? Math.max(top + 8, y(last[1]) - 6) : named.at(-1)! + 4)}
          >
            {amount(last[1])} errors
          </text>
        </>
      )}
    </>
  );
};

const lastAt = ({ points }: { points: readonly [number, number][] }) => points.at(-1)?.[0] ?? 0;

/** Whether a mark's label has room before the next mark. */
const labelFits = (spans: ChartData['champions'], i: number, x: Scale, least: number) =>
  x(spans[i + 1]?.from ?? Infinity) - x(spans[i]!.from) > least;

/** Marks that would touch are one mark: the later one stands for those close before it. */
function apart<T extends { x: number }>(marks: readonly T[], least: number): T[] {
  const kept: T[] = [];
  for (const mark of marks) {
    const last = kept.at(-1);
    if (last !== undefined && mark.x - last.x < least) kept[kept.length - 1] = { ...mark, x: last.x };
    else kept.push(mark);
  }
  return kept;
}

/** What the reading line says, for pointer and arrow keys: times in seconds, rates as they are. */
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
