import type { FC } from 'hono/jsx';
import type { FeatureDrift } from '../model-view.ts';
import { linePath, px, rateBounds, scaleOf } from './axis.ts';
import { Chart } from './frame.tsx';

/** Shares by bin: outline what the champion was trained on, filled what comes in now. */
export const Histogram: FC<{ bins: FeatureDrift['bins']; label: string }> = ({ bins, label }) => {
  const width = 240;
  const height = 64;
  const each = width / Math.max(1, bins.length);
  const high = Math.max(...bins.map((b) => Math.max(b.reference, b.live)), 0.01);
  const y = scaleOf([0, high], [height, 3]);
  let outline = `M0 ${height}`;
  bins.forEach((bin, i) => {
    outline += `V${px(y(bin.reference))}H${px((i + 1) * each)}`;
  });
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label} preserveAspectRatio="none">
      {bins.map((bin, i) => (
        <rect
          class="f-live"
          x={px(i * each + 0.5)}
          y={px(y(bin.live))}
          width={px(Math.max(1, each - 1))}
          height={px(height - y(bin.live))}
        />
      ))}
      <path class="reference ln" d={`${outline}V${height}`} />
      <path class="ax" d={`M0 ${height}H${width}`} />
    </svg>
  );
};

/** A line in a row of the fleet's table, on the scale that all rows share. */
export const Sparkline: FC<{
  points: readonly [number, number][];
  /** As it was expected without labels; drawn apart, never joined. */
  estimated?: readonly [number, number][];
  objective: number | null;
  range: readonly [number, number];
  bounds: readonly [number, number];
  label: string;
}> = ({ points, estimated = [], objective, range, bounds, label }) => {
  const width = 168;
  const height = 34;
  const x = scaleOf(range, [1, width - 4]);
  const y = scaleOf(bounds, [height - 3, 3]);
  const last = points.at(-1);
  return (
    <Chart class="spark" width={width} height={height} label={label}>
      {objective === null ? null : <path class="bound" d={`M0 ${px(y(objective))}H${width}`} />}
      {estimated.length === 0 ? null : <path class="ln expected" d={linePath(estimated, x, y, Infinity)} />}
      <path class="ln champion" d={linePath(points, x, y, Infinity)} />
      {last === undefined ? null : (
        <circle class="f-champion" cx={px(x(last[0]))} cy={px(y(last[1]))} r={2.6} />
      )}
    </Chart>
  );
};

export const sharedBounds = (values: readonly number[]): [number, number] => rateBounds(values, 0.3);
