import type { FC } from 'hono/jsx';
import { px, scaleOf } from './axis.ts';
import { Chart } from './frame.tsx';

const width = 260;
const height = 18;

type BarProps = {
  of: { estimate: number; low: number; high: number };
  /** Of all rows; null where that is not known. */
  whole: number | null;
  bounds: readonly [number, number];
  label: string;
};

/** An interval as a bar with its estimate, and a line where the whole is. */
export const IntervalBar: FC<BarProps> = ({ of, whole, bounds, label }) => {
  const x = scaleOf(bounds, [6, width - 6]);
  return (
    <Chart class="interval" width={width} height={height} label={label}>
      <path class="gl" d={`M0 ${height / 2}H${width}`} />
      <rect class="f-live" x={px(x(of.low))} y={6} width={px(x(of.high) - x(of.low))} height={6} rx={3} />
      <circle class="f-champion" cx={px(x(of.estimate))} cy={height / 2} r={4} />
      {whole === null ? null : <path class="bound" d={`M${px(x(whole))} 0V${height}`} />}
    </Chart>
  );
};
