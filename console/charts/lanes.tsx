import type { FC, PropsWithChildren } from 'hono/jsx';
import { Glyph } from '../pages/icons.tsx';
import { px } from './axis.ts';
import type { ChartData } from './chart-data.ts';
import { laneHeight } from './plot.ts';
import type { Plot } from './plot.ts';

/** About what a letter of a chart's text takes. */
const letter = 6.5;

/** What happened, under the lines and on the same axis: alerts, runs, champions. */
export const Lanes: FC<{ data: ChartData; plot: Plot; top: number }> = ({ data, plot, top }) => {
  const { x } = plot;
  const runs = top + laneHeight;
  const champions = runs + laneHeight;
  return (
    <>
      <Lane plot={plot} y={top} name="Alerts">
        {apart(
          data.alerts.map((alert) => ({ ...alert, x: x(alert.at) })),
          15,
        ).map(({ x: at, tone, title }) => (
          <g transform={`translate(${px(at - 7)} ${top + 6})`}>
            <title>{title}</title>
            <Glyph name={tone} size={14} tone={tone} />
          </g>
        ))}
      </Lane>
      <Lane plot={plot} y={runs} name="Runs">
        {data.runs.map(({ from, to, mark, title }) => (
          <g>
            <title>{`${title}. ${mark.word}.`}</title>
            <Bar
              class={`run ${mark.tone}`}
              from={x(from)}
              to={Math.max(x(from) + 4, x(to))}
              y={runs}
              text={mark.word}
            />
          </g>
        ))}
      </Lane>
      <Lane plot={plot} y={champions} name={plot.inset ? 'Champ.' : 'Champion'}>
        {data.champions.map(({ version, from, to }) => (
          <Bar
            class="f-soft"
            from={x(from)}
            to={Math.max(x(from) + 2, x(to) - 1)}
            y={champions}
            text={version}
          />
        ))}
      </Lane>
    </>
  );
};

const Lane: FC<PropsWithChildren<{ plot: Plot; y: number; name: string }>> = ({
  plot,
  y,
  name,
  children,
}) => (
  <>
    <path class="gl" d={`M0 ${y}H${plot.end}`} />
    <text x={0} y={y + 17}>
      {name}
    </text>
    {children}
  </>
);

/** A stretch of time, with its name where it fits. */
const Bar: FC<{ class: string; from: number; to: number; y: number; text: string }> = (props) => {
  const { from, to, y, text } = props;
  return (
    <>
      <rect class={props.class} x={px(from)} y={y + 6} width={px(to - from)} height={14} rx={3} />
      {to - from > letter * text.length + 12 ? (
        <text class="m" x={px(from + 6)} y={y + 17}>
          {text}
        </text>
      ) : null}
    </>
  );
};

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
