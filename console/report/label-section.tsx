import type { FC } from 'hono/jsx';
import type { Estimate } from '../../training/evaluate.ts';
import type { LabelReport } from '../../training/label-report.ts';
import { Section } from '../pages/parts.tsx';
import { count, rate } from '../wording.ts';
import { sayInterval } from './report-sentences.ts';

/** So many labels are shown at once, weakest first; the others are folded away. */
const SHOWN = 20;

/** Label by label: how often it is right to answer it, and how many of its rows are found. */
export const LabelSection: FC<{ evaluation: { labels: readonly LabelReport[] } }> = ({ evaluation }) => {
  const labels =
    evaluation.labels.length <= SHOWN ? evaluation.labels : evaluation.labels.toSorted((a, b) => a.f1 - b.f1);
  const rest = labels.slice(SHOWN);
  return (
    <Section
      id="labels"
      title="Label by label"
      say="Precision: of the rows that were answered so, how many are. Recall: of the rows that are, how many were found. F1 is high only where both are."
      live={false}
    >
      <LabelTable labels={labels.slice(0, SHOWN)} />
      {rest.length === 0 ? null : (
        <details class="as-table">
          <summary>{count(rest.length)} more labels</summary>
          <LabelTable labels={rest} />
        </details>
      )}
    </Section>
  );
};

const LabelTable: FC<{ labels: readonly LabelReport[] }> = ({ labels }) => (
  <div class="scroll">
    <table class="tbl">
      <thead>
        <tr>
          <th>label</th>
          <th class="num">test rows</th>
          <th class="num">precision</th>
          <th class="num">recall</th>
          <th class="num">F1</th>
        </tr>
      </thead>
      <tbody>
        {labels.map(({ label, rows, precision, recall, f1 }) => (
          <tr>
            <th scope="row">{label}</th>
            <td class="num">{count(rows)}</td>
            <Figure of={precision} none="never answered" />
            <Figure of={recall} none="no rows" />
            <td class="num">{rate(f1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);

const Figure: FC<{ of: Estimate | null; none: string }> = ({ of, none }) => (
  <td class="num">
    {of === null ? (
      <span class="muted">{none}</span>
    ) : (
      <>
        {rate(of.estimate)} <small>{sayInterval(of)}</small>
      </>
    )}
  </td>
);
