import type { FC } from 'hono/jsx';
import { AccuracyChart } from '../charts/accuracy-chart.tsx';
import { chartData } from '../charts/chart-data.ts';
import { Histogram } from '../charts/small-charts.tsx';
import type { History, ModelView } from '../model-view.ts';
import { inMotion, modelLede, sayDrift, sayRegret } from '../sentences.ts';
import { utc } from '../times.ts';
import type { Clock } from '../times.ts';
import { amount, count, counted, percent, rate, windowWords } from '../wording.ts';
import { State } from './icons.tsx';
import { Bar, healthMarks } from './layout.tsx';
import { Act, Fact, Note, Section } from './parts.tsx';
import type { Range } from './ranges.ts';
import { RangeChoice } from './range-choice.tsx';
import { Asks, Runs } from './runs.tsx';
import { Alerts, Versions } from './records.tsx';

export type ModelPageProps = {
  view: ModelView;
  history: History | null;
  range: Range;
  clock: Clock;
  csrf: string;
  by: string;
  /** PSI from which on a feature has moved a lot. */
  psiBound: number;
  problem: { code: string; message: string; fix: string } | null;
};

/** Since when, how bad, why? */
export const ModelPage: FC<ModelPageProps> = (props) => {
  const { view, clock, csrf, by, range, problem } = props;
  return (
    <>
      <Bar crumbs={[{ text: 'Fleet', href: '/' }, { text: view.name }]}>
        <RangeChoice name={view.name} range={range} />
      </Bar>
      <main class="page" id="main">
        {problem === null ? null : (
          <Note icon="bad" tone="bad" answer={problem.message}>
            {problem.fix} <code>{problem.code}</code>
          </Note>
        )}
        <Head view={view} clock={clock} csrf={csrf} />
        <Asks view={view} clock={clock} csrf={csrf} by={by} />
        <Facts view={view} />
        <Accuracy {...props} />
        <Drift {...props} />
        <Runs view={view} clock={clock} csrf={csrf} by={by} />
        <Alerts view={view} clock={clock} />
        <Versions view={view} clock={clock} />
      </main>
    </>
  );
};

const Head: FC<{ view: ModelView; clock: Clock; csrf: string }> = ({ view, clock, csrf }) => {
  const lede = modelLede(view, clock);
  return (
    <div class="head" id="head" data-live>
      <div>
        <h1>
          <code>{view.name}</code>
          <State mark={healthMarks[view.health.word]} />
          {view.paused ? <State mark={{ icon: 'paused', tone: 'plain', word: 'Paused' }} /> : null}
          {view.champion === null ? null : (
            <>
              <span class="muted">answered by</span>
              <span class="v champion">{view.champion.version}</span>
            </>
          )}
          {view.challenger === null ? null : (
            <>
              <span class="muted">and</span>
              <span class="v challenger">
                {view.challenger.version} {percent(view.challenger.share)}
              </span>
            </>
          )}
        </h1>
        <p class="lede">{lede.answer}</p>
        <p class="why">{lede.why}</p>
      </div>
      <Act action={`/models/${view.name}/${view.paused ? 'resume' : 'pause'}`} csrf={csrf} class="acts">
        <button class="btn" title={view.paused ? 'Runs begin again' : 'No run begins until it is resumed'}>
          {view.paused ? 'Resume retraining' : 'Pause retraining'}
        </button>
      </Act>
    </div>
  );
};

const Facts: FC<{ view: ModelView }> = ({ view }) => {
  const { live, champion, objective } = view;
  const current = inMotion(view);
  const window = live.state === 'answers' ? `last ${windowWords(live.windowMs)}` : '';
  const accuracy = live.state === 'answers' ? live.accuracy : null;
  const regret = live.state === 'answers' ? live.regret : null;
  const price = live.state === 'answers' ? live.price : null;
  return (
    <dl class="facts" id="facts" data-live>
      <Fact
        name={`Accuracy, ${window === '' ? 'as known' : window}`}
        note={[
          objective?.metric === 'accuracy' ? `objective ${rate(objective.atLeast, 2)}` : '',
          live.state === 'answers' ? counted(live.labelledInWindow ?? 0, 'label') : 'no live figures',
        ]
          .filter((text) => text !== '')
          .join(' · ')}
      >
        {accuracy === null ? '–' : rate(accuracy)}
      </Fact>
      <Fact
        name="Regret"
        note={
          price === null
            ? 'errors beyond what it promised'
            : `of ${amount(price)} errors that a training is worth`
        }
      >
        {regret === null ? '–' : amount(regret)}
      </Fact>
      <Fact
        name="Champion"
        note={
          champion?.accuracyOnTest == null ? 'not tested' : `${rate(champion.accuracyOnTest)} on its test`
        }
      >
        {champion === null ? '–' : <span class="champion">{champion.version}</span>}
      </Fact>
      <Fact
        name="Labels"
        note={
          live.state === 'answers' && live.predictions !== null
            ? `${counted(live.predictions, 'prediction')} counted`
            : 'so far'
        }
      >
        {count(view.labelled)}
      </Fact>
      <Fact
        name="Runs"
        note={current === null ? (view.paused ? 'paused' : 'none under way') : 'one under way'}
      >
        {view.runs.length >= 30 ? '30+' : count(view.runs.length)}{' '}
        <small>
          {counted(view.runs.filter((r) => r.outcome?.kind === 'promoted').length, 'promoted', 'promoted')}
        </small>
      </Fact>
    </dl>
  );
};

const Accuracy: FC<ModelPageProps> = ({ view, history, clock, range }) => {
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
  const onTrial = history.accuracy.some(({ role }) => role === 'challenger');
  return (
    <Section
      id="accuracy"
      title="Accuracy over time"
      say={sayRegret(view.live.regret, view.live.price)}
      aside={<Legend onTrial={onTrial} objective={data.objective !== null} />}
    >
      <output
        class="readout"
        id="readout"
        data-rest={`A window of ${windowWords(view.live.windowMs)}, as it was known at each moment.`}
      >
        A window of {windowWords(view.live.windowMs)}, as it was known at each moment.
      </output>
      <figure>
        {(['wide', 'middle', 'narrow'] as const).map((layout) => (
          <div class={`at-${layout}`}>
            <AccuracyChart data={data} layout={layout} zone={clock.zone} label={label} />
          </div>
        ))}
      </figure>
      <details id="accuracy-table" class="as-table">
        <summary>Show as a table</summary>
        <table class="tbl">
          <thead>
            <tr>
              <th>UTC</th>
              <th>Version</th>
              <th class="num">Accuracy</th>
            </tr>
          </thead>
          <tbody>
            {sampled(history, 24).map(({ at, version, value }) => (
              <tr>
                <td>{utc(at).replace(' UTC', '')}</td>
                <td>{version}</td>
                <td class="num">{rate(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
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

const Legend: FC<{ onTrial: boolean; objective: boolean }> = ({ onTrial, objective }) => (
  <p class="legend">
    <span>
      <svg viewBox="0 0 26 12">
        <path class="ln champion" d="M0 6H26" />
      </svg>
      champion
    </span>
    {onTrial ? (
      <span>
        <svg viewBox="0 0 26 12">
          <path class="ln challenger" d="M0 6H26" />
        </svg>
        on trial
      </span>
    ) : null}
    {objective ? (
      <span>
        <svg viewBox="0 0 26 12">
          <path class="bound" d="M0 6H26" />
        </svg>
        objective
      </span>
    ) : null}
  </p>
);

const Drift: FC<ModelPageProps> = ({ view, psiBound }) => {
  if (view.live.state === 'silent') return <div id="drift" data-live />;
  const { drift, inputWindowMs } = view.live;
  if (drift.length === 0)
    return (
      <Section id="drift" title="Features that moved">
        <Note icon="unknown" answer="Nothing to compare yet.">
          The champion’s training rows are compared with live ones as soon as some have come in.
        </Note>
      </Section>
    );
  const level = (psi: number) =>
    psi >= psiBound
      ? ({ icon: 'bad', tone: 'bad' } as const)
      : psi >= 0.1
        ? ({ icon: 'warn', tone: 'warn' } as const)
        : null;
  return (
    <Section
      id="drift"
      title="Features that moved"
      say={`${sayDrift(drift, psiBound)} The figure is PSI over the last ${windowWords(inputWindowMs)}: below .1 is level, from ${rate(psiBound, 2)} on is a lot.`}
      aside={
        <p class="legend">
          <span>
            <svg viewBox="0 0 26 12">
              <path class="reference ln" d="M1 11V3H9V6H17V9H25V11" />
            </svg>
            {view.champion?.version ?? 'the champion'} was trained on
          </span>
          <span>
            <svg viewBox="0 0 26 12">
              <path class="f-live" d="M1 12V5H9V3H17V8H25V12Z" />
            </svg>
            last {windowWords(inputWindowMs)}
          </span>
        </p>
      }
    >
      <div class="multi">
        {drift.slice(0, 24).map(({ feature, psi, rows, bins }) => {
          const moved = level(psi);
          return (
            <div>
              <h3>
                <code>{feature}</code>
                {moved === null ? (
                  <span class="muted">{rate(psi, 2)}</span>
                ) : (
                  <State mark={{ ...moved, word: rate(psi, 2) }} />
                )}
              </h3>
              {bins.length === 0 ? null : <Histogram bins={bins} label={`Shares of ${feature} by bin`} />}
              <p class="ends">
                <span>{endName(bins[0]?.bin, 'low')}</span>
                <span class="muted">{rows === null ? '' : counted(rows, 'value')}</span>
                <span>{endName(bins.at(-1)?.bin, 'high')}</span>
              </p>
            </div>
          );
        })}
      </div>
      {drift.length > 24 ? <p class="muted">{count(drift.length - 24)} more moved less.</p> : null}
    </Section>
  );
};

/** Numbered bins are quantiles of the training rows; words name themselves. */
const endName = (bin: string | undefined, numbered: string): string =>
  bin === undefined ? '' : /^\d+$/.test(bin) ? numbered : bin;
