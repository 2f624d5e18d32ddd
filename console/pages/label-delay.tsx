import type { FC } from 'hono/jsx';
import type { LabelDelay } from '../../domain/ports.ts';
import { coverageByAge, sayDelay } from '../coverage-sentences.ts';
import type { HappenedHistory } from '../model-view.ts';
import { CoverageBar } from '../charts/coverage-bar.tsx';
import { count, percent } from '../wording.ts';
import { Section, Table, unbroken } from './parts.tsx';

/** How long labels take, and how many of the predictions have one by now, by how old they are. */
export const Delay: FC<{ delay: LabelDelay | null; happened: HappenedHistory }> = ({ delay, happened }) => {
  const ages = coverageByAge(happened);
  if (delay === null) return <div id="delay" data-live />;
  return (
    <Section id="delay" title="How long labels take" say={unbroken(sayDelay(delay, ages))}>
      {ages.length === 0 ? null : (
        <Table
          class="tbl cards"
          heads={[
            'Age of the prediction',
            { num: 'Predictions' },
            { num: 'Labelled by now' },
            'Hatched: not known',
          ]}
        >
          {ages.map(({ words, predictions, labelled }) => (
            <tr>
              <th scope="row">{words}</th>
              <td class="num" data-l="predictions">
                {count(predictions)}
              </td>
              <td class="num" data-l="labelled">
                {percent(labelled / predictions)}
              </td>
              <td class="full">
                <CoverageBar
                  share={labelled / predictions}
                  label={`Of those ${words} old ${percent(labelled / predictions)} are labelled`}
                />
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
};
