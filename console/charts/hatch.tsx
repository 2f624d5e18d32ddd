import type { FC } from 'hono/jsx';
import { px } from './axis.ts';

/** The distance of two strokes. */
const STEP = 5;

/** A rectangle of slanted strokes, as one path: waiting, unknown, not yet. A pattern would need an id of the whole page. */
export const Hatch: FC<{ x: number; y: number; width: number; height: number }> = ({
  x,
  y,
  width,
  height,
}) => {
  const right = x + width;
  const foot = y + height;
  let strokes = '';
  for (let start = x - height + STEP; start < right; start += STEP) {
    const fromX = Math.max(start, x);
    const toX = Math.min(start + height, right);
    if (toX > fromX)
      strokes += `M${px(fromX)} ${px(foot - (fromX - start))}L${px(toX)} ${px(foot - (toX - start))}`;
  }
  return width <= 0 ? null : (
    <path class="hatched" d={`M${px(x)} ${px(y)}H${px(right)}V${px(foot)}H${px(x)}Z${strokes}`} />
  );
};
