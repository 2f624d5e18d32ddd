import type { FC } from 'hono/jsx';
import type { DriftStory } from '../../monitors/drift-story/drift-story.ts';
import { linePath, px, rateBounds, scaleOf } from '../charts/axis.ts';
import { layouts } from '../charts/plot.ts';
import type { Layout } from '../charts/plot.ts';
import { ChartFrame, Mark } from '../report/chart-frame.tsx';
import { count } from '../wording.ts';

const [top, foot, height] = [26, 40, 190];

/** The share of right answers, stretch by stretch, with what chance allows around it and where it became worse. */
export const AccuracyOverRows: FC<{ story: DriftStory; layout: Layout }> = ({ story, layout }) => {
  const { width, left, right } = layouts[layout];
  const { windows, worse, changes, rows } = story;
  const bottom = top + height;
  const bounds = rateBounds(windows.flatMap(({ low, high }) => [low, high]));
  const x = scaleOf([0, rows], [left, width - right]);
  const y = scaleOf(bounds, [bottom, top]);
  const middle = ({ from, to }: { from: number; to: number }) => (from + to) / 2;
  const band = [
    ...windows.map((w) => `${px(x(middle(w)))} ${px(y(w.high))}`),
    ...windows.toReversed().map((w) => `${px(x(middle(w)))} ${px(y(w.low))}`),
  ];
  return (
    <ChartFrame
      title="Accuracy"
      label={`Accuracy over ${count(rows)} rows`}
      unit="row"
      last={rows}
      foot={foot}
      {...{ layout, bounds, x, y, bottom }}
    >
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
        <Mark at={worse.row} class="s-bad ln thin" {...{ x, top, bottom, layout }}>
          worse since row {count(worse.row + 1)}
        </Mark>
      )}
    </ChartFrame>
  );
};
