import type { FC } from 'hono/jsx';
import { px } from './axis.ts';
import { Chart } from './frame.tsx';
import { Hatch } from './hatch.tsx';

const width = 260;
const height = 14;

/** The part that is known, and the rest hatched. */
export const CoverageBar: FC<{ share: number; label: string }> = ({ share, label }) => {
  const at = width * Math.min(1, Math.max(0, share));
  return (
    <Chart class="forest" width={width} height={height} label={label}>
      <rect class="f-live" x={0} y={1} width={px(at)} height={height - 2} />
      <Hatch x={at} y={1} width={width - at} height={height - 2} />
    </Chart>
  );
};
