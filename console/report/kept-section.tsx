import type { FC } from 'hono/jsx';
import { keptShare } from '../../domain/kept.ts';
import { Section } from '../pages/parts.tsx';
import { count } from '../wording.ts';
import type { ReportData } from './report-data.ts';

const share = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** What it knew before, and how much of that it kept; nothing where that was not measured. */
export const KeptSection: FC<{ data: ReportData }> = ({ data: { kept, evaluation } }) => {
  if (!kept) return null;
  const { goldenRows, goldenAre, before, after, share: way } = kept;
  return (
    <Section id="kept" title="What it knew before" live={false}>
      <div class="scroll">
        <table class="tbl">
          <thead>
            <tr>
              <th scope="col">Answered right</th>
              <th scope="col">before</th>
              <th scope="col">now</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{`${count(goldenRows)} golden rows`}</th>
              <td>{share(before)}</td>
              <td>{share(after)}</td>
            </tr>
            {evaluation.kind === 'labels' || evaluation.kind === 'multi-label' ? (
              <tr>
                <th scope="row">{`${count(evaluation.rows)} test rows`}</th>
                <td>not asked</td>
                <td>{share(evaluation.metrics.accuracy.estimate)}</td>
              </tr>
            ) : null}
          </tbody>
        </table>
      </div>
      <p class="after say">
        {`Golden rows are ${goldenAre}. Of what the base answered right, ${share(keptShare(kept))} is kept.`}
        {way < 1
          ? ` The weights went ${share(way)} of the way from the base's to the learnt ones: further on, more would have been forgotten.`
          : ''}
      </p>
    </Section>
  );
};
