import type { FC } from 'hono/jsx';
import type { Estimate } from '../../training/evaluate.ts';
import { px, scaleOf } from '../charts/axis.ts';
import { Section } from '../pages/parts.tsx';
import { count, rate } from '../wording.ts';
import type { ReportData } from './report-data.ts';
import { sayInterval, saySlices } from './report-sentences.ts';

const SHOWN = 10;

/** The parts of the test file on which it does worst, with how sure that is. */
export const SliceSection: FC<{ data: ReportData }> = ({ data }) => {
  const { slices, metrics } = data.evaluation;
  const weakest = slices.slice(0, SHOWN);
  const low = Math.min(metrics.accuracy.low, ...weakest.map(({ accuracy }) => accuracy.low));
  return (
    <Section id="slices" title="Where it is weakest" say={saySlices(data)} live={false}>
      {weakest.length === 0 ? null : (
        <div class="scroll">
          <table class="tbl">
            <thead>
              <tr>
                <th>rows with</th>
                <th class="num">rows</th>
                <th class="num">accuracy</th>
                <th>beside {rate(metrics.accuracy.estimate)} on all</th>
              </tr>
            </thead>
            <tbody>
              {weakest.map(({ of, value, rows, accuracy }) => (
                <tr>
                  <th scope="row">
                    {of}: {value}
                  </th>
                  <td class="num">{count(rows)}</td>
                  <td class="num">
                    {rate(accuracy.estimate)} <small>{sayInterval(accuracy)}</small>
                  </td>
                  <td>
                    <IntervalBar of={accuracy} whole={metrics.accuracy.estimate} low={low} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
};

const width = 260;
const height = 18;

/** An interval as a bar with its estimate, and a line where the whole is. */
const IntervalBar: FC<{ of: Estimate; whole: number; low: number }> = ({ of, whole, low }) => {
  const x = scaleOf([Math.max(0, low - 0.02), 1], [4, width - 4]);
  return (
    <svg
      class="interval"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={`${sayInterval(of)}, all rows ${rate(whole)}`}
    >
      <path class="gl" d={`M0 ${height / 2}H${width}`} />
      <rect class="f-live" x={px(x(of.low))} y={6} width={px(x(of.high) - x(of.low))} height={6} rx={3} />
      <circle class="f-champion" cx={px(x(of.estimate))} cy={height / 2} r={4} />
      <path class="bound" d={`M${px(x(whole))} 0V${height}`} />
    </svg>
  );
};
