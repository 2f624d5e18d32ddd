import type { FC } from 'hono/jsx';
import { AccuracyChart } from '../charts/accuracy-chart.tsx';
import { assetUrl } from '../assets.ts';
import { chartData, zoomData } from '../charts/chart-data.ts';
import { LineEntry } from '../charts/legend.tsx';
import type { History, ModelView } from '../model-view.ts';
import { inMotion, modelLede, sayEstimate, sayRegret } from '../sentences.ts';
import { utc } from '../times.ts';
import type { Clock } from '../times.ts';
import { counted, rate, windowWords } from '../wording.ts';
import { Note, Section, Table } from './parts.tsx';
import type { Range } from './ranges.ts';

export type AccuracyProps = { view: ModelView; history: History | null; range: Range; clock: Clock };

/** One axis for everything that happened; or why there is nothing to draw. */
export const Accuracy: FC<AccuracyProps> = ({ view, history, clock, range }) => {
  if (view.live.state === 'silent')
    return (
      <Section id="accuracy" title="Accuracy over time">
        <Note icon="bad" tone="warn" answer="Prometheus does not answer, so there are no live figures.">
          Stored history is below. <code>driftloop doctor</code> says more. <code>{view.live.code}</code>
        </Note>
      </Section>
    );
  const values = history?.accuracy.flatMap(({ points }) => points) ?? [];
  if (history === null || values.length === 0)
    return (
      <Section id="accuracy" title="Accuracy over time">
        <Note
          icon="model"
          answer={view.labelled === 0 ? 'No labels yet.' : `No labelled rows in the last ${range.words}.`}
        >
          {view.live.predictions === null || view.live.predictions === 0
            ? 'Accuracy appears with the first predictions and their labels.'
            : `${counted(view.live.predictions, 'prediction')} so far; accuracy appears with the first labels.`}
        </Note>
      </Section>
    );
  const data = chartData(view, history);
  const label = `Accuracy of ${view.name} over the last ${range.words}. ${modelLede(view, clock).answer}`;
  const reading = `Each point looks back over the ${windowWords(view.live.windowMs)} before it, as known then.`;
  const onTrial = history.accuracy.some(({ role }) => role === 'challenger');
  return (
    <Section
      id="accuracy"
      title="Accuracy over time"
      say={sayRegret(view.live.regret, view.live.price, inMotion(view) !== null)}
      aside={
        <Legend
          onTrial={onTrial}
          objective={data.objective !== null}
          expected={history.estimated.length > 0}
        />
      }
    >
      <output class="readout" id="readout" data-rest={reading}>
        {reading}
      </output>
      {view.live.estimated === null ? null : (
        <p id="expected">{sayEstimate(view.live.estimated, view.live.windowMs)}</p>
      )}
      <figure>
        {(['wide', 'middle', 'narrow'] as const).map((layout) => (
          <div class={`at-${layout}`}>
            <AccuracyChart data={data} layout={layout} clock={clock} label={label} />
          </div>
        ))}
      </figure>
      <button
        type="button"
        class="btn zoomer"
        data-zoom={zoomData(data)}
        data-title={`Accuracy of ${view.name}`}
        data-needs={[
          assetUrl('uplot.css'),
          assetUrl('zoom.css'),
          assetUrl('uplot.js'),
          assetUrl('zoom.js'),
        ].join(' ')}
      >
        Zoom and compare
      </button>
      <details id="accuracy-table" class="as-table">
        <summary>Show as a table</summary>
        <Table class="tbl" heads={['UTC', 'Version', { num: 'Accuracy' }]}>
          {sampled(history, 24).map(({ at, version, value }) => (
            <tr>
              <td>{utc(at).replace(' UTC', '')}</td>
              <td>{version}</td>
              <td class="num">{rate(value)}</td>
            </tr>
          ))}
        </Table>
      </details>
    </Section>
  );
};

/** The newest points first, thinned out evenly. */
function sampled({ accuracy }: History, most: number) {
  const all = accuracy
    .flatMap(({ version, points }) => points.map(([at, value]) => ({ at, version, value })))
    .toSorted((a, b) => b.at - a.at);
  const every = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, i) => i % every === 0);
}

const Legend: FC<{ onTrial: boolean; objective: boolean; expected: boolean }> = ({
  onTrial,
  objective,
  expected,
}) => (
  <p class="legend">
    <LineEntry line="ln champion">champion</LineEntry>
    {onTrial ? <LineEntry line="ln challenger">on trial</LineEntry> : null}
    {expected ? <LineEntry line="ln expected">estimated</LineEntry> : null}
    {objective ? <LineEntry line="bound">objective</LineEntry> : null}
  </p>
);
