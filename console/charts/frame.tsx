import type { Child, FC, PropsWithChildren } from 'hono/jsx';

/** A chart as large as it is drawn, in units of a pixel, with what it shows in words for whoever cannot see it. */
export const Chart: FC<
  PropsWithChildren<{ width: number; height: number; label: string; class?: string }>
> = ({ width, height, label, class: name, children }) => (
  <svg
    class={name}
    viewBox={`0 0 ${width} ${height}`}
    width={width}
    height={height}
    role="img"
    aria-label={label}
  >
    {children}
  </svg>
);

/** What a row of a table has room for, on a desk and on a phone. */
export const ROW_WIDTH = 330;

/** A chart in a row of a table, and the same drawn again for the room that a small laptop has: never scaled down. */
export const TwoWidths: FC<{ middle: number; draw: (width: number) => Child }> = ({ middle, draw }) => (
  <>
    <div class="not-middle">{draw(ROW_WIDTH)}</div>
    <div class="at-middle">{draw(middle)}</div>
  </>
);
