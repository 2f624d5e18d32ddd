import type { FC } from 'hono/jsx';
import { px, scaleOf } from './axis.ts';
import { Chart, TwoWidths } from './frame.tsx';
import { Hatch } from './hatch.tsx';

const EDGE = 4;
const HEIGHT = 26;

type RowProps = {
  value: number;
  low: number;
  high: number;
  bound: number;
  side: 'least' | 'most';
  label: string;
};

/** A value with its interval against a bound; what lies beyond the bound is hatched. */
export const BoundRow: FC<RowProps & { middle: number }> = ({ middle, ...row }) => (
  <TwoWidths middle={middle} draw={(width) => <DrawnRow {...row} across={width} />} />
);

const DrawnRow: FC<RowProps & { across: number }> = ({ value, low, high, bound, side, label, across }) => {
  const from = Math.min(0, low, bound);
  const span = Math.max(high, bound) - from || 1;
  const x = scaleOf([from, from + span * 1.12], [EDGE, across - EDGE]);
  const at = x(bound);
  const [beyond, width] = side === 'most' ? [at, across - EDGE - at] : [EDGE, at - EDGE];
  return (
    <Chart class="forest" width={across} height={HEIGHT} label={label}>
      <Hatch x={beyond} y={5} width={width} height={16} />
      <path class="ax" d={`M${px(x(from))} 4V22M${px(x(from))} 13H${px(x(value))}`} />
      <path class="s-ink" d={`M${px(at)} 2V24`} />
      {high > low ? (
        <path
          class="s-ink"
          stroke-width="1.5"
          d={`M${px(x(low))} 13H${px(x(high))}M${px(x(low))} 9v8M${px(x(high))} 9v8`}
        />
      ) : null}
      <circle class="f-challenger" cx={px(x(value))} cy={13} r={4} />
    </Chart>
  );
};
