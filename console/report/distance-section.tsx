import type { FC } from 'hono/jsx';
import type { ValueReport } from '../../training/evaluate-values.ts';
import { px, scaleOf, ticks } from '../charts/axis.ts';
import { Section } from '../pages/parts.tsx';
import { figure } from './figure.ts';
import { sayDistances } from './report-sentences.ts';

/** How far its numbers are from what they should be. */
export const DistanceSection: FC<{ evaluation: ValueReport }> = ({ evaluation }) => (
  <Section id="distances" title="Answer and truth" say={sayDistances(evaluation)} live={false}>
    <figure class="scatter">
      <Scatter points={evaluation.points} />
    </figure>
  </Section>
);

const [size, left, top, foot] = [420, 64, 12, 40];
/** Some air around the outermost points. */
const AIR = 0.03;

/** A point a row: what is so across, what was answered up. */
const Scatter: FC<{ points: ValueReport['points'] }> = ({ points }) => {
  const all = points.flat();
  const [lowest, highest] = [Math.min(...all), Math.max(...all)];
  const air = (highest - lowest || 1) * AIR;
  const bounds: [number, number] = [lowest - air, highest + air];
  const x = scaleOf(bounds, [left, left + size]);
  const y = scaleOf(bounds, [top + size, top]);
  return (
    <svg
      viewBox={`0 0 ${left + size + 8} ${top + size + foot}`}
      role="img"
      aria-label="Answers against truths"
    >
      {ticks(bounds, 4).map((value) => (
        <>
          <path class="gl" d={`M${left} ${px(y(value))}h${size}`} />
          <text class="e" x={left - 6} y={px(y(value) + 4)}>
            {figure(value)}
          </text>
          <text class="c" x={px(x(value))} y={top + size + 16}>
            {figure(value)}
          </text>
        </>
      ))}
      <path class="ax" d={`M${left} ${top + size}h${size}`} />
      <path class="bound" d={`M${left} ${top + size}L${left + size} ${top}`} />
      {points.map(([truth, answer]) => (
        <circle class="f-champion dot" cx={px(x(truth))} cy={px(y(answer))} r={2.5} />
      ))}
      <text class="k" x={left + 6} y={top + 12}>
        answer
      </text>
      <text class="k e" x={left + size} y={top + size + 34}>
        truth
      </text>
    </svg>
  );
};
