import type { FC } from 'hono/jsx';
import { ranges } from './ranges.ts';
import type { Range } from './ranges.ts';

/** How far back the chart looks; links, so that it works without script and can be shared. */
export const RangeChoice: FC<{ name: string; range: Range }> = ({ name, range }) => (
  <nav class="seg hide-s" aria-label="Stretch of time">
    {ranges.map(({ key, short }) => (
      <a
        href={`/models/${name}?range=${key}`}
        {...(range.key === key ? { 'aria-current': 'true' as const } : {})}
      >
        {short}
      </a>
    ))}
  </nav>
);
