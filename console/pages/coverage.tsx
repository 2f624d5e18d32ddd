import type { FC } from 'hono/jsx';
import type { ModelView } from '../model-view.ts';
import { sayCoverage, scoreWords } from '../coverage-sentences.ts';
import { count, percent, windowWords } from '../wording.ts';
import { Section, Table } from './parts.tsx';

/** Of which answers the label is known, by how sure they were: accuracy is that of the ones that have labels. */
export const Coverage: FC<{ view: ModelView }> = ({ view }) => {
  if (view.live.state === 'silent' || view.live.coverage.length === 0) return <div id="coverage" data-live />;
  const { coverage, windowMs } = view.live;
  return (
    <Section
      id="coverage"
      title="Who gets labels"
      say={`${sayCoverage(coverage)} Labels that became known and predictions of the last ${windowWords(windowMs)}.`}
    >
      <details id="coverage-table" class="as-table">
        <summary>Show as a table</summary>
        <Table
          class="tbl"
          heads={['Score of the answer', { num: 'Predictions' }, { num: 'Labels' }, { num: 'Coverage' }]}
        >
          {coverage.map(({ bin, predictions, labelled }) => (
            <tr>
              <td>{scoreWords(bin)}</td>
              <td class="num">{count(predictions)}</td>
              <td class="num">{count(labelled)}</td>
              <td class="num">{percent(labelled / predictions)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </Section>
  );
};
