import type { FC } from 'hono/jsx';
import { IntervalBar } from '../charts/interval-bar.tsx';
import { Section } from '../pages/parts.tsx';
import { count, rate } from '../wording.ts';
import type { ReportData } from './report-data.ts';
import { figure } from './figure.ts';
import { sayInterval, sayRange, saySlices, wholeOf } from './report-sentences.ts';

const SHOWN = 10;

/** The parts of the test file on which it does worst, with how sure that is. */
export const SliceSection: FC<{ data: ReportData }> = ({ data: { evaluation } }) => {
  const { whole, name, write, say } = wordsOf(evaluation);
  const weakest = evaluation.slices.slice(0, SHOWN);
  const ends = [whole.low, whole.high, ...weakest.flatMap(({ figure: { low, high } }) => [low, high])];
  const bounds: [number, number] = [Math.min(...ends), Math.max(...ends)];
  return (
    <Section id="slices" title="Where it is weakest" say={saySlices(evaluation)} live={false}>
      {weakest.length === 0 ? null : (
        <div class="scroll">
          <table class="tbl">
            <thead>
              <tr>
                <th>rows with</th>
                <th class="num">rows</th>
                <th class="num">{name}</th>
                <th>beside {write(whole.estimate)} on all</th>
              </tr>
            </thead>
            <tbody>
              {weakest.map(({ of, value, rows, figure: part }) => (
                <tr>
                  <th scope="row">
                    {of}: {value}
                  </th>
                  <td class="num">{count(rows)}</td>
                  <td class="num">
                    {write(part.estimate)} <small>{say(part)}</small>
                  </td>
                  <td>
                    <IntervalBar
                      of={part}
                      whole={whole.estimate}
                      bounds={bounds}
                      label={`${say(part)}, all rows ${write(whole.estimate)}`}
                    />
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

/** What is compared, by what was tested. */
const names = {
  labels: 'accuracy',
  'multi-label': 'every label right',
  values: 'off by',
  answers: 'alike',
  preferences: 'preferences shared',
} as const;

const wordsOf = (evaluation: ReportData['evaluation']) => ({
  whole: wholeOf(evaluation),
  name: names[evaluation.kind],
  ...(evaluation.kind === 'values'
    ? { write: figure, say: sayRange }
    : { write: (x: number) => rate(x), say: sayInterval }),
});
