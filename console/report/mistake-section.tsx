import type { FC } from 'hono/jsx';
import type { VersionReport } from '../../training/evaluate-version.ts';
import { Section, Words } from '../pages/parts.tsx';
import { count, percent } from '../wording.ts';
import { mistakes, sayMistakes } from './report-sentences.ts';

/** A matrix of more labels is read by nobody; a list of the mistakes is. */
const MATRIX_LABELS = 12;
const MISTAKES = 15;

/** What is taken for what: a matrix for a few labels, a list for many. */
export const MistakeSection: FC<{ evaluation: VersionReport }> = ({ evaluation }) => (
  <Section
    id="mistakes"
    title="What is taken for what"
    say={<Words text={sayMistakes(evaluation)} />}
    live={false}
  >
    {evaluation.labels.length <= MATRIX_LABELS ? (
      <Matrix evaluation={evaluation} />
    ) : (
      <List evaluation={evaluation} />
    )}
  </Section>
);

const Matrix: FC<{ evaluation: VersionReport }> = ({ evaluation }) => (
  <div class="scroll">
    <p class="say">Rows of the test file by their true label (down) and the answer (across).</p>
    <table class="tbl confusion">
      <thead>
        <tr>
          <th>is</th>
          {evaluation.labels.map(({ label }) => (
            <th class="num" title={`answered ${label}`}>
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {evaluation.confusion.map((row, i) => {
          const { label, rows } = evaluation.labels[i]!;
          return (
            <tr>
              <th scope="row">{label}</th>
              {row.map((n, j) => (
                <td
                  class={`num ${i === j ? 'right' : 'wrong'}`}
                  style={`--share: ${(n / Math.max(1, rows)).toFixed(3)}`}
                  title={`${label} answered with ${evaluation.labels[j]!.label}: ${percent(n / Math.max(1, rows))}`}
                >
                  {count(n)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  </div>
);

const List: FC<{ evaluation: VersionReport }> = ({ evaluation }) => (
  <div class="scroll">
    <table class="tbl">
      <thead>
        <tr>
          <th>is</th>
          <th>is answered with</th>
          <th class="num">rows</th>
          <th class="num">of those that are</th>
        </tr>
      </thead>
      <tbody>
        {mistakes(evaluation, MISTAKES).map(({ truth, answer, rows, share }) => (
          <tr>
            <th scope="row">{truth}</th>
            <td>{answer}</td>
            <td class="num">{count(rows)}</td>
            <td class="num">{percent(share)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
