import type { FC, PropsWithChildren } from 'hono/jsx';
import { RateAxis } from '../charts/axes.tsx';
import { px, ticks } from '../charts/axis.ts';
import type { Scale } from '../charts/axis.ts';
import { layouts } from '../charts/plot.ts';
import type { Layout } from '../charts/plot.ts';
import { count } from '../wording.ts';

type Props = {
  title: string;
  label: string;
  layout: Layout;
  /** What a whole number across is, in one word. */
  unit: string;
  /** Across, from 0. */
  last: number;
  bounds: readonly [number, number];
  x: Scale;
  y: Scale;
  bottom: number;
  foot: number;
};

/** A picture of values over whole numbers: its name, both axes, and what is drawn between them. */
export const ChartFrame: FC<PropsWithChildren<Props>> = (props) => {
  const { title, label, layout, unit, last, bounds, x, y, bottom, foot, children } = props;
  const { width, left, right, ticks: tickCount } = layouts[layout];
  const end = width - right;
  return (
    <svg viewBox={`0 0 ${width} ${bottom + foot}`} role="img" aria-label={label}>
      <text class="k" x={left} y={14}>
        {title}
      </text>
      <RateAxis bounds={bounds} count={4} y={y} left={left} end={end} bottom={bottom} />
      {ticks([0, last], Math.min(6, tickCount)).map((at) => (
        <text class="c" x={px(x(at))} y={bottom + 16}>
          {at === 0 ? `${unit} 0` : count(at)}
        </text>
      ))}
      {children}
    </svg>
  );
};

/** A line through everything at one place, with its name on the side that has room. */
export const Mark: FC<
  PropsWithChildren<Pick<Props, 'x' | 'bottom' | 'layout'> & { top: number; at: number; class: string }>
> = ({ at, x, top, bottom, layout, children, ...rest }) => {
  const isRight = x(at) > layouts[layout].width / 2;
  return (
    <>
      <path class={rest.class} d={`M${px(x(at))} ${top}V${bottom}`} />
      <text class={isRight ? 'e halo' : 'halo'} x={px(x(at) + (isRight ? -5 : 5))} y={top + 8}>
        {children}
      </text>
    </>
  );
};
