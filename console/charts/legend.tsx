import type { Child, FC, PropsWithChildren } from 'hono/jsx';

/** What a mark of a chart means: the mark itself, drawn on 26 × 12, and then its words. */
export const Entry: FC<PropsWithChildren<{ mark: Child }>> = ({ mark, children }) => (
  <span>
    <svg viewBox="0 0 26 12" aria-hidden="true">
      {mark}
    </svg>
    {children}
  </span>
);

/** The same of a line. */
export const LineEntry: FC<PropsWithChildren<{ line: string }>> = ({ line, children }) => (
  <Entry mark={<path class={line} d="M0 6H26" />}>{children}</Entry>
);
