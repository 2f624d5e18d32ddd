import type { FC } from 'hono/jsx';
import type { DriftStory } from '../../monitors/drift-story/drift-story.ts';
import { linePath, px, rateBounds, scaleOf, ticks } from '../charts/axis.ts';
import { layouts } from '../charts/plot.ts';
import type { Layout } from '../charts/plot.ts';
import { count, rate } from '../wording.ts';

const [top, foot, height] = [26, 40, 190];

/** The share of right answers, stretch by stretch, with what chance allows around it and where it became worse. */
export const AccuracyOverRows: FC<{ story: DriftStory; layout: Layout }> = ({ story, layout }) => {
  const { width, left, right, ticks: tickCount } = layouts[layout];
  const { windows, worse, changes, rows } = story;
  const end = width - right;
  const bottom = top + height;
  const bounds = rateBounds(windows.flatMap(({ low, high }) => [low, high]));
  const x = scaleOf([0, rows], [left, end]);
  const y = scaleOf(bounds, [bottom, top]);
  const middle = ({ from, to }: { from: number; to: number }) => (from + to) / 2;
  const band = [
    ...windows.map((w) => `${px(x(middle(w)))} ${px(y(w.high))}`),
    ...windows.toReversed().map((w) => `${px(x(middle(w)))} ${px(y(w.low))}`),
  ];
  return (
    <svg
      viewBox={`0 0 ${width} ${bottom + foot}`}
      role="img"
      aria-label={`Accuracy over ${count(rows)} rows`}
    >
      <text class="k" x={left} y={14}>
        Accuracy
      </text>
      {ticks(bounds, 4).map((value) => (
        <>
          <path class="gl" d={`M${left} ${px(y(value))}H${end}`} />
          <text class="e" x={left - 6} y={px(y(value) + 4)}>
            {rate(value, 2)}
          </text>
        </>
      ))}
      <path class="ax" d={`M${left} ${bottom}H${end}`} />
      {ticks([0, rows], Math.min(6, tickCount)).map((row) => (
        <text class="c" x={px(x(row))} y={bottom + 16}>
          {row === 0 ? 'row 0' : count(row)}
        </text>
      ))}
      <path class="f-soft" d={`M${band.join('L')}Z`} />
      <path
        class="ln champion"
        d={linePath(
          windows.map((w) => [middle(w), w.accuracy]),
          x,
          y,
          Infinity,
        )}
      />
      {changes.map((row) => (
        <path class="s-warn ln thin" d={`M${px(x(row))} ${bottom}v-10`}>
          <title>{`ADWIN: the error rate has changed, found at row ${count(row + 1)}`}</title>
        </path>
      ))}
      {worse === null ? null : (
        <>
          <path class="s-bad ln thin" d={`M${px(x(worse.row))} ${top}V${bottom}`} />
          <text
            class={x(worse.row) > width / 2 ? 'e halo' : 'halo'}
            x={px(x(worse.row) + (x(worse.row) > width / 2 ? -5 : 5))}
            y={top + 8}
          >
            worse since row {count(worse.row + 1)}
          </text>
        </>
      )}
    </svg>
  );
};
