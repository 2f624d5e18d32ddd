import type { FC } from 'hono/jsx';
import { rate } from '../wording.ts';
import { px, spread } from './axis.ts';
import type { Scale } from './axis.ts';
import type { ChartData } from './chart-data.ts';
import type { Plot } from './plot.ts';

type Props = { data: ChartData; plot: Plot; y: Scale; bounds: [number, number] };

/** A dot and a name at the end of each line, moved apart where they would touch. */
export const LineEnds: FC<Props> = ({ data, plot, y, bounds }) => {
  const { x, end, inset } = plot;
  const { accuracy } = data.history;
  const newest = accuracy
    .filter(({ role }) => role === 'champion')
    .toSorted((a, b) => lastAt(a) - lastAt(b))
    .slice(-1);
  const lines = [...newest, ...accuracy.filter(({ role }) => role === 'challenger')].map((series) => {
    const [at, value] = series.points.at(-1)!;
    return {
      role: series.role,
      text: `${series.version} ${rate(value, 2)}`,
      x: x(at),
      y: y(value),
    };
  });
  const objective = data.objective === null || inset ? [] : [data.objective];
  const labels = [
    ...lines,
    ...objective.map((value) => ({
      role: 'ink3',
      text: `objective ${rate(value, 2)}`,
      x: null,
      y: y(value),
    })),
  ];
  // Inside the plot a name stands above the end of its line.
  const [top, bottom] = bounds;
  const places = inset
    ? spread(
        labels.map((label) => label.y - 13),
        14,
        [top + 8, bottom],
      )
    : spread(
        labels.map((label) => label.y + 4),
        14,
        [top + 4, bottom + 4],
      );
  return (
    <>
      {labels.map(({ role, text, x: at, y: value }, i) => (
        <>
          {at === null ? null : <circle class={`f-${role}`} cx={px(at)} cy={px(value)} r={3} />}
          <text class={inset ? `f-${role} e halo` : `f-${role}`} x={inset ? end : end + 8} y={px(places[i]!)}>
            {text}
          </text>
        </>
      ))}
    </>
  );
};

const lastAt = ({ points }: { points: readonly [number, number][] }) => points.at(-1)?.[0] ?? 0;
