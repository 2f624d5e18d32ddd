import type { FC } from 'hono/jsx';
import type { Dossier, MetricRow } from '../dossier/dossier.ts';
import { metricName, sayMetric, sayMetricChange } from '../metric-words.ts';
import type { Confusion, LastLook } from '../run/run-record.ts';
import { confusionIn, moved, sayMostMistaken } from '../run/confusion.ts';
import { count, counted, percent } from '../wording.ts';
import { Section, Table } from './parts.tsx';

/** A matrix of more labels is read by nobody; what has changed most is. */
const MATRIX_LABELS = 6;
const MOVES_SHOWN = 12;

/** What is taken for what, by the champion and by the challenger, on the same rows; their metrics where answers are no labels. */
export const RunBeforeAfter: FC<{ dossier: Dossier; look: LastLook | null }> = ({ dossier, look }) => {
  const { champion, challenger, metrics } = dossier;
  const confusion = look === null ? null : confusionIn(look);
  if (
    look === null ||
    champion === null ||
    challenger === null ||
    (confusion === null && metrics.length === 0)
  )
    return <div id="before-after" data-live />;
  if (confusion === null)
    return (
      <Section id="before-after" title="Before and after" say={`On the same ${counted(look.rows, 'row')}:`}>
        <Metrics metrics={metrics} champion={champion} challenger={challenger} />
      </Section>
    );
  return (
    <Section
      id="before-after"
      title="Before and after"
      say={`${sayMostMistaken(confusion, champion)} On the same ${counted(look.rows, 'row')}:`}
    >
      {confusion.labels.length <= MATRIX_LABELS ? (
        <div class="matrices">
          <Matrix name={champion} role="champion" labels={confusion.labels} counts={confusion.champion} />
          <Matrix
            name={challenger}
            role="challenger"
            labels={confusion.labels}
            counts={confusion.challenger}
          />
        </div>
      ) : (
        <Moves confusion={confusion} champion={champion} challenger={challenger} />
      )}
    </Section>
  );
};

const Metrics: FC<{ metrics: readonly MetricRow[]; champion: string; challenger: string }> = ({
  metrics,
  champion,
  challenger,
}) => (
  <Table class="tbl" heads={['Metric', { num: champion }, { num: challenger }, { num: 'Change' }]}>
    {metrics.map((metric) => (
      <tr>
        <th scope="row">{metricName(metric.name)}</th>
        <td class="num">{sayMetric(metric.name, metric.champion.estimate)}</td>
        <td class="num">
          <b>{sayMetric(metric.name, metric.challenger.estimate)}</b>
        </td>
        <td class="num">{sayMetricChange(metric.name, metric.difference.estimate)}</td>
      </tr>
    ))}
  </Table>
);

const Matrix: FC<{
  name: string;
  role: 'champion' | 'challenger';
  labels: readonly string[];
  counts: Confusion['champion'];
}> = ({ name, role, labels, counts }) => (
  <table class="matrix">
    <caption>
      <span class={`v ${role}`}>{name}</span>
    </caption>
    <thead>
      <tr>
        <td />
        {labels.map((label) => (
          <th scope="col">said {label}</th>
        ))}
      </tr>
    </thead>
    <tbody>
      {counts.map((row, truth) => {
        const rows = row.reduce((sum, n) => sum + n, 0);
        return (
          <tr>
            <th scope="row">was {labels[truth]}</th>
            {row.map((n, answer) => (
              <td class={`${truth === answer ? 'right' : 'wrong'} by-${tenth(n, rows)}`}>
                <b>{count(n)}</b>
                <small>{rows === 0 ? '–' : percent(n / rows)}</small>
              </td>
            ))}
          </tr>
        );
      })}
    </tbody>
  </table>
);

/** How strong the colour of a cell is, from 0 to 10. */
const tenth = (n: number, of: number): number => (of === 0 ? 0 : Math.round((10 * n) / of));

const Moves: FC<{ confusion: Confusion; champion: string; challenger: string }> = ({
  confusion,
  champion,
  challenger,
}) => (
  <Table class="tbl" heads={['Was', 'Said', { num: champion }, { num: challenger }, { num: 'Change' }]}>
    {moved(confusion, MOVES_SHOWN).map(({ truth, answer, before, after }) => (
      <tr>
        <th scope="row">{truth}</th>
        <td>{truth === answer ? 'the same, rightly' : answer}</td>
        <td class="num">{count(before)}</td>
        <td class="num">
          <b>{count(after)}</b>
        </td>
        <td class="num">{after > before ? `+${count(after - before)}` : count(after - before)}</td>
      </tr>
    ))}
  </Table>
);
