import type { FC } from 'hono/jsx';
import { linePath, rateBounds, scaleOf } from '../charts/axis.ts';
import { layouts } from '../charts/plot.ts';
import type { Layout } from '../charts/plot.ts';
import { count } from '../wording.ts';
import { ChartFrame, Mark } from './chart-frame.tsx';

export type Curve = {
  name: string;
  role: 'champion' | 'challenger' | 'training';
  points: [number, number][];
};

type Props = {
  title: string;
  curves: readonly Curve[];
  /** The step whose weights were kept. */
  best: number | null;
  layout: Layout;
  /** A share: its axis stays within 0 and 1. */
  isRate?: boolean;
};

const top = 26;
const foot = 26;
const height = 170;
/** Above this quantile a curve may leave the picture: the first steps would flatten all that follow. */
const SHOWN = 0.98;

/** Lines over the steps of a training, with the step that was kept. */
export const CurveChart: FC<Props> = ({ title, curves, best, layout, isRate }) => {
  const { width, left, right } = layouts[layout];
  const bottom = top + height;
  const steps = curves.flatMap(({ points }) => points.map(([step]) => step));
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const last = Math.max(1, ...steps);
  const bounds = isRate ? rateBounds(values) : lossBounds(values);
  const x = scaleOf([0, last], [left, width - right]);
  const y = scaleOf(bounds, [bottom, top]);
  const inside = (points: Curve['points']) =>
    points.map(([step, value]): [number, number] => [step, Math.min(bounds[1], value)]);
  return (
    <ChartFrame
      title={title}
      label={`${title} over ${count(last)} steps`}
      unit="step"
      foot={foot}
      {...{ layout, last, bounds, x, y, bottom }}
    >
      {best === null ? null : (
        <Mark at={best} class="bound" {...{ x, top, bottom, layout }}>
          kept
        </Mark>
      )}
      {curves.map(({ role, points }) => (
        <path class={`ln ${role}`} d={linePath(inside(points), x, y, Infinity)} />
      ))}
    </ChartFrame>
  );
};

/** From 0 to what nearly all of the points stay below. */
function lossBounds(values: readonly number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor((sorted.length - 1) * SHOWN)] ?? 1;
  return [0, Math.max(high * 1.08, 1e-3)];
}
