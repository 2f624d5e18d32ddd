import type { FC } from 'hono/jsx';
import { linePath, px, rateBounds, scaleOf, ticks } from '../charts/axis.ts';
import { layouts } from '../charts/plot.ts';
import type { Layout } from '../charts/plot.ts';
import { count, rate } from '../wording.ts';

export type Curve = { name: string; role: 'champion' | 'challenger'; points: [number, number][] };

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
  const { width, left, right, ticks: tickCount } = layouts[layout];
  const end = width - right;
  const bottom = top + height;
  const steps = curves.flatMap(({ points }) => points.map(([step]) => step));
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value));
  const last = Math.max(1, ...steps);
  const bounds = isRate ? rateBounds(values) : lossBounds(values);
  const x = scaleOf([0, last], [left, end]);
  const y = scaleOf(bounds, [bottom, top]);
  const inside = (points: Curve['points']) =>
    points.map(([step, value]): [number, number] => [step, Math.min(bounds[1], value)]);
  return (
    <svg
      viewBox={`0 0 ${width} ${bottom + foot}`}
      role="img"
      aria-label={`${title} over ${count(last)} steps`}
    >
      <text class="k" x={left} y={14}>
        {title}
      </text>
      {ticks(bounds, 4).map((value) => (
        <>
          <path class="gl" d={`M${left} ${px(y(value))}H${end}`} />
          <text class="e" x={left - 6} y={px(y(value) + 4)}>
            {rate(value, 2)}
          </text>
        </>
      ))}
      <path class="ax" d={`M${left} ${bottom}H${end}`} />
      {ticks([0, last], Math.min(6, tickCount)).map((step) => (
        <text class="c" x={px(x(step))} y={bottom + 16}>
          {step === 0 ? 'step 0' : count(step)}
        </text>
      ))}
      {best === null ? null : (
        <>
          <path class="bound" d={`M${px(x(best))} ${top}V${bottom}`} />
          <text
            class={x(best) > width / 2 ? 'e halo' : 'halo'}
            x={px(x(best) + (x(best) > width / 2 ? -5 : 5))}
            y={top + 8}
          >
            kept
          </text>
        </>
      )}
      {curves.map(({ role, points }) => (
        <path class={`ln ${role}`} d={linePath(inside(points), x, y, Infinity)} />
      ))}
    </svg>
  );
};

/** From 0 to what nearly all of the points stay below. */
function lossBounds(values: readonly number[]): [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted[Math.floor((sorted.length - 1) * SHOWN)] ?? 1;
  return [0, Math.max(high * 1.08, 1e-3)];
}
