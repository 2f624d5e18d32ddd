import type { FC } from 'hono/jsx';
import { HappenedChart } from '../charts/happened-chart.tsx';
import type { HappenedHistory } from '../model-view.ts';
import { utc } from '../times.ts';
import type { Clock } from '../times.ts';
import { count, percent, rate } from '../wording.ts';
import { Section, Table } from './parts.tsx';
import type { Range } from './ranges.ts';

/** By the time of the predictions, not that of their labels: how good, and for how much of them that is known. */
export const AsHappened: FC<{ happened: HappenedHistory; range: Range; clock: Clock }> = ({
  happened,
  range,
  clock,
}) => {
  const { steps } = happened;
  const labelled = steps.reduce((sum, step) => sum + step.labelled, 0);
  if (labelled === 0) return null;
  const asked = steps.reduce((sum, step) => sum + step.predictions, 0);
  const right = steps.reduce((sum, step) => sum + step.correct, 0);
  const told =
    `Of ${count(asked)} predictions made in the last ${range.words}, ${percent(labelled / asked)} have a label by now, ` +
    `and ${rate(right / labelled)} of those were right.`;
  return (
    <Section
      id="as-happened"
      title="Accuracy as happened"
      say="By the time of the predictions. Where coverage is low, what is labelled may not be like the rest."
    >
      <p class="readout">{told}</p>
      <figure>
        {(['wide', 'middle', 'narrow'] as const).map((layout) => (
          <div class={`at-${layout}`}>
            <HappenedChart happened={happened} layout={layout} clock={clock} label={told} />
          </div>
        ))}
      </figure>
      <details id="as-happened-table" class="as-table">
        <summary>Show as a table</summary>
        <Table
          class="tbl"
          heads={[
            'From, UTC',
            'Version',
            { num: 'Predictions' },
            { num: 'Label coverage' },
            { num: 'Accuracy' },
          ]}
        >
          {steps.toReversed().map(({ at, version, predictions, labelled: known, correct }) => (
            <tr>
              <td>{utc(at).replace(' UTC', '')}</td>
              <td>{version}</td>
              <td class="num">{count(predictions)}</td>
              <td class="num">{percent(known / predictions)}</td>
              <td class="num">{known === 0 ? '–' : rate(correct / known)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </Section>
  );
};
