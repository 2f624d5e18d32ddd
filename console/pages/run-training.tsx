import type { FC } from 'hono/jsx';
import type { SearchReport } from '../../domain/search-report.ts';
import { LineEntry } from '../charts/legend.tsx';
import type { Layout } from '../charts/plot.ts';
import { CurveChart } from '../report/curve-chart.tsx';
import type { Curve } from '../report/curve-chart.tsx';
import { saySearch } from '../report/report-sentences.ts';
import type { RunRecord, Trained } from '../run/run-record.ts';
import { sayCourse } from '../run/run-sentences.ts';
import { count, rate } from '../wording.ts';
import { State } from './icons.tsx';
import { Section, Table } from './parts.tsx';

const layouts: readonly Layout[] = ['wide', 'middle', 'narrow'];

/** How the training goes or went: losses by step, and the settings that were tried before. */
export const RunTraining: FC<{ record: RunRecord }> = ({ record }) => {
  const { course, trained, run } = record;
  const search = trained?.search ?? null;
  const isTraining = run.phase === 'fine-tuning' && run.outcome === null;
  if (course.length === 0 && trained === null && !isTraining) return <div id="training" data-live />;
  const curves = curvesOf(course);
  const drawn = curves.filter(({ points }) => points.length > 1);
  return (
    <Section
      id="training"
      title="Training"
      say={sayCourse(record)}
      aside={drawn.length > 0 ? <Legend /> : null}
    >
      {isTraining && run.progress !== null ? (
        <progress
          class="wide"
          max={Math.max(1, run.progress.steps)}
          value={run.progress.step}
          aria-label="Steps"
        >
          {run.progress.step}
        </progress>
      ) : null}
      {drawn.length === 0
        ? null
        : layouts.map((layout) => (
            <figure class={`at-${layout}`}>
              <CurveChart title="Loss" curves={drawn} best={keptStep(trained)} layout={layout} />
            </figure>
          ))}
      {drawn.length === 0 ? null : <CourseTable course={course} />}
      {search === null || search.trials.length === 0 ? null : <Tried search={search} />}
      {trained?.notes?.length ? (
        <ul class="notes">
          {trained.notes.map((note) => (
            <li>{note}</li>
          ))}
        </ul>
      ) : null}
    </Section>
  );
};

/** What was not known at a step is left out; a validation that is only repeated is no new point. */
export function curvesOf(course: RunRecord['course']): Curve[] {
  const training = course.flatMap(({ step, trainLoss }): [number, number][] =>
    trainLoss === null ? [] : [[step, trainLoss]],
  );
  const validation = course.flatMap(({ step, validationLoss }, i): [number, number][] =>
    validationLoss === null || validationLoss === course[i - 1]?.validationLoss
      ? []
      : [[step, validationLoss]],
  );
  return [
    { name: 'training', role: 'training', points: training },
    { name: 'validation', role: 'challenger', points: validation },
  ];
}

/** The step after which the kept weights were taken; null where it is not known. */
const keptStep = (trained: Trained | null): number | null =>
  trained?.bestEpoch === undefined || trained.steps === undefined || !trained.epochs
    ? null
    : Math.round((trained.bestEpoch / trained.epochs) * trained.steps);

const Legend: FC = () => (
  <p class="legend">
    {(
      [
        ['challenger', 'validation'],
        ['training', 'training'],
      ] as const
    ).map(([role, word]) => (
      <LineEntry line={`ln ${role}`}>{word}</LineEntry>
    ))}
  </p>
);

/** Rows of a table that a person still reads. */
const TABLE_ROWS = 24;

const CourseTable: FC<Pick<RunRecord, 'course'>> = ({ course }) => {
  const every = Math.max(1, Math.ceil(course.length / TABLE_ROWS));
  return (
    <details class="as-table" id="course-table">
      <summary>Show as a table</summary>
      <Table class="tbl" heads={['Step', { num: 'Training loss' }, { num: 'Validation loss' }]}>
        {course
          .filter((_, i) => i % every === 0 || i === course.length - 1)
          .map(({ step, trainLoss, validationLoss }) => (
            <tr>
              <th scope="row">{count(step)}</th>
              <td class="num">{trainLoss === null ? '–' : rate(trainLoss)}</td>
              <td class="num">{validationLoss === null ? '–' : rate(validationLoss)}</td>
            </tr>
          ))}
      </Table>
    </details>
  );
};

const Tried: FC<{ search: SearchReport }> = ({ search }) => (
  <>
    <p class="say after">{saySearch(search)}</p>
    <Table
      class="tbl cards dense tried"
      heads={['Tried', { num: 'Epochs' }, { num: 'Validation loss' }, { num: 'Score' }, 'Note']}
    >
      {search.trials.map(({ settings, epochs, loss, score }, i) => (
        <tr>
          <th scope="row" class="name">
            {settings}
          </th>
          <td class="num" data-l="epochs">
            {count(epochs)}
          </td>
          <td class="num" data-l="validation loss">
            {loss === null ? '–' : rate(loss)}
          </td>
          <td class="num" data-l="score">
            {score === null ? '–' : rate(score)}
          </td>
          <td class="verdict">
            {i === 0 ? (
              <State mark={{ icon: 'ok', tone: 'ok', word: 'Kept' }} />
            ) : loss === null ? (
              'ran away'
            ) : (
              ''
            )}
          </td>
        </tr>
      ))}
    </Table>
  </>
);
