import type { FC, PropsWithChildren } from 'hono/jsx';

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
