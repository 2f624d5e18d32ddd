import type { FC } from 'hono/jsx';
import type { HappenedHistory, HappenedStep } from '../model-view.ts';
import type { Clock } from '../times.ts';
import { percent } from '../wording.ts';
import { RateAxis, TimeAxis } from './axes.tsx';
import { linePath, px, rateBounds, scaleOf, timeTicks } from './axis.ts';
import { layouts } from './plot.ts';
import type { Layout } from './plot.ts';

type Props = { happened: HappenedHistory; layout: Layout; clock: Clock; label: string };

const top = 14;
const plotHeight = 120;
const coverageHeight = 40;

/** Accuracy of each version by when it answered, above the share of its answers that have a label by now. */
export const HappenedChart: FC<Props> = ({ happened, layout, clock, label }) => {
  const { width, left, right, ticks: tickCount } = layouts[layout];
  const { from, to, stepMs, steps } = happened;
  const end = width - right;
  const x = scaleOf([from, to], [left, end]);
  const known = steps.filter(({ labelled }) => labelled > 0);
  const bounds = rateBounds(known.map(accuracyOf));
  const bottom = top + plotHeight;
  const y = scaleOf(bounds, [bottom, top]);
  const coverageTop = bottom + 40;
  const foot = coverageTop + coverageHeight;
  const covered = scaleOf([0, 1], [foot, coverageTop]);
  const time = timeTicks([from, to], tickCount, clock.zone);
  const middle = (at: number) => (Math.max(from, at) + Math.min(to, at + stepMs)) / 2;
  const names = apart(
    versionsOf(known).map((version) => {
      const last = known.findLast((step) => step.version === version)!;
      return { version, x: x(middle(last.at)) + 6, y: y(accuracyOf(last)) + 4 };
    }),
  );
  return (
    <svg viewBox={`0 0 ${width} ${foot + 6}`} role="img" aria-label={label}>
      <RateAxis bounds={bounds} count={3} y={y} left={left} end={end} bottom={bottom} />
      <TimeAxis time={time} x={x} bottom={bottom} zone={clock.zone} />
      {versionsOf(known).map((version) => {
        const mine = known.filter((step) => step.version === version);
        const points = mine.map((step): [number, number] => [middle(step.at), accuracyOf(step)]);
        return (
          <>
            <path class="ln champion" d={linePath(points, x, y, 1.5 * stepMs)} />
            {points.map(([at, value]) => (
              <circle class="f-champion" cx={px(x(at))} cy={px(y(value))} r={1.8} />
            ))}
          </>
        );
      })}
      {names.map(({ version, x: at, y: height }) => (
        <text class="m halo" x={px(at)} y={px(height)}>
          {version}
        </text>
      ))}
      <text x={0} y={coverageTop + 12}>
        {layout === 'narrow' ? 'Labels' : 'Coverage'}
      </text>
      <path class="gl" d={`M${left} ${coverageTop}H${end}`} />
      <path class="ax" d={`M${left} ${foot}H${end}`} />
      <text class="e" x={left - 6} y={coverageTop + 24}>
        {percent(1)}
      </text>
      {[...coverageOf(steps)].map(([at, share]) => (
        <rect
          class="f-live"
          x={px(x(Math.max(from, at)))}
          y={px(covered(share))}
          width={px(Math.max(1, x(Math.min(to, at + stepMs)) - x(Math.max(from, at)) - 1))}
          height={px(foot - covered(share))}
        />
      ))}
    </svg>
  );
};

const accuracyOf = ({ correct, labelled }: HappenedStep): number => correct / labelled;
const versionsOf = (steps: readonly HappenedStep[]) => [...new Set(steps.map(({ version }) => version))];

type Name = { version: string; x: number; y: number };
/** About the width of a letter, and the height of a line. */
const [LETTER, LINE] = [6.5, 12];

/** Names that would touch: the newer stays, and the older one is left out. */
export const apart = (names: readonly Name[]): Name[] =>
  names.filter(
    (one, i) =>
      !names
        .slice(i + 1)
        .some(
          (newer) =>
            Math.abs(newer.x - one.x) < LETTER * Math.max(one.version.length, newer.version.length) + 6 &&
            Math.abs(newer.y - one.y) < LINE,
        ),
  );

/** Of all versions together, by step. */
function coverageOf(steps: readonly HappenedStep[]): Map<number, number> {
  const sums = new Map<number, { predictions: number; labelled: number }>();
  for (const { at, predictions, labelled } of steps) {
    const sum = sums.get(at) ?? { predictions: 0, labelled: 0 };
    sums.set(at, { predictions: sum.predictions + predictions, labelled: sum.labelled + labelled });
  }
  return new Map([...sums].map(([at, sum]) => [at, sum.labelled / sum.predictions]));
}
