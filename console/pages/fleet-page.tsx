import type { FC } from 'hono/jsx';
import { LineEntry } from '../charts/legend.tsx';
import { Sparkline } from '../charts/small-charts.tsx';
import { fleetLede } from '../fleet-sentences.ts';
import type { Spark } from '../gather.ts';
import { happenings } from '../happenings.ts';
import type { ModelView, RunView } from '../model-view.ts';
import { markRun } from '../run-state.ts';
import { inMotion, waiting } from '../sentences.ts';
import type { Clock } from '../times.ts';
import { amount, count, counted, lasting, number, percent, rate, sentence } from '../wording.ts';
import { I, State } from './icons.tsx';
import { ShortAsk } from './ask.tsx';
import { Bar, healthMarks } from './layout.tsx';
import { Note, Section, Time, Words } from './parts.tsx';

export type FleetPageProps = {
  models: readonly ModelView[];
  /** Accuracy of each champion over the last 14 days (or its life), by model. */
  sparks: ReadonlyMap<string, Spark>;
  range: readonly [number, number];
  bounds: readonly [number, number];
  clock: Clock;
};

const urgency = { worse: 0, suspected: 1, unknown: 2, steady: 3 } as const;

/** Does anything need me? */
export const FleetPage: FC<FleetPageProps> = (props) => {
  const { models, clock } = props;
  const lede = fleetLede(models);
  const byUrgency = models.toSorted(
    (a, b) =>
      Math.sign(waiting(b).length - waiting(a).length) || urgency[a.health.word] - urgency[b.health.word],
  );
  const silent = models.find(({ live }) => live.state === 'silent');
  return (
    <>
      <Bar crumbs={[{ text: 'Fleet' }]} clock={clock}>
        {models.length < 2 ? null : (
          <input type="search" class="find hide-s" placeholder="Find a model   /" aria-label="Find a model" />
        )}
      </Bar>
      <main class="page" id="main">
        <div class="head" id="head" data-live>
          <div>
            <h1>Fleet · {counted(models.length, 'model')}</h1>
            <p class="lede">{lede.answer}</p>
            <p class="why">
              <Words text={lede.why} />
            </p>
          </div>
        </div>
        <div class="asks" id="asks" data-live>
          {silent?.live.state === 'silent' ? (
            <Note icon="bad" tone="warn" answer="Prometheus does not answer, so there are no live figures.">
              <code>driftloop doctor</code> says more. <code>{silent.live.code}</code>
            </Note>
          ) : null}
          {models.flatMap((model) => waiting(model).map((run) => <ShortAsk run={run} view={model} />))}
        </div>
        {models.length === 0 ? <div id="models" data-live /> : <Models {...props} models={byUrgency} />}
        <Happened models={models} clock={clock} />
      </main>
    </>
  );
};

const Models: FC<FleetPageProps> = ({ models, sparks, range, bounds, clock }) => {
  const shown = sayPeriod(range[1] - range[0]);
  return (
    <Section
      id="models"
      title="Models"
      aside={
        <p class="legend">
          <LineEntry line="ln champion">realized, as known</LineEntry>
          <LineEntry line="ln expected">estimated</LineEntry>
          <LineEntry line="bound">objective</LineEntry>
        </p>
      }
    >
      <table class="tbl cards fleet">
        <thead>
          <tr>
            <th>Model</th>
            <th>Health</th>
            <th>Accuracy, {shown}</th>
            <th class="num">Now</th>
            <th>Champion</th>
            <th>In motion</th>
            <th class="at-room">Waiting</th>
            <th class="num">Training, 30 days</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => {
            const run = inMotion(model);
            const { live } = model;
            const accuracy = live.state === 'answers' ? live.accuracy : null;
            return (
              <tr class="go">
                <th scope="row">
                  <a href={`/models/${model.name}`} data-row>
                    {model.name}
                  </a>
                  <small>
                    {model.task.kind}
                    {model.task.labels.length === 0 ? '' : ` · ${counted(model.task.labels.length, 'label')}`}
                    {model.task.tolerance === null ? '' : ` · within ${number(model.task.tolerance)}`}
                  </small>
                </th>
                <td data-l="health">
                  <State mark={healthMarks[model.health.word]} />
                  <small>
                    {model.paused ? 'paused' : ''}
                    {model.paused && model.health.since !== null ? ' · ' : ''}
                    {model.health.since === null ? null : (
                      <>
                        since <Time at={model.health.since} clock={clock} />
                      </>
                    )}
                  </small>
                </td>
                <td data-l={`accuracy, ${shown}`}>
                  <Sparkline
                    points={sparks.get(model.name)?.realized ?? []}
                    estimated={sparks.get(model.name)?.estimated ?? []}
                    objective={model.objective?.metric === 'accuracy' ? model.objective.atLeast : null}
                    range={range}
                    bounds={bounds}
                    label={`Accuracy of ${model.name}`}
                  />
                </td>
                <td class="num" data-l="accuracy now">
                  <b>{accuracy === null ? '–' : rate(accuracy)}</b>
                  <small>
                    {live.state !== 'answers'
                      ? 'not known'
                      : live.estimated === null
                        ? counted(live.labelledInWindow ?? 0, 'label')
                        : `est. ${rate(live.estimated.accuracy)}`}
                  </small>
                </td>
                <td data-l="champion">
                  {model.champion === null ? (
                    <span class="muted">none yet</span>
                  ) : (
                    <>
                      <span class="v champion">{model.champion.version}</span>
                      {model.champion.promotedAt === null ? null : (
                        <small>
                          since <Time at={model.champion.promotedAt} clock={clock} />
                        </small>
                      )}
                    </>
                  )}
                </td>
                <td data-l="in motion">
                  {run === null ? (
                    <span class="muted">{model.paused ? 'none, while paused' : 'none'}</span>
                  ) : (
                    <InMotion run={run} challenger={model.challenger} />
                  )}
                </td>
                <td data-l="waiting" class="at-room">
                  <Waiting run={run} clock={clock} />
                </td>
                <td class="num" data-l="training, 30 days">
                  <Spent view={model} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Section>
  );
};

/** How long the lines of all models look back: `14 days`, `3 minutes` of a young fleet. */
function sayPeriod(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return counted(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours < 48 ? counted(hours, 'hour') : counted(Math.round(hours / 24), 'day');
}

/** A state that tells how far it is says that below it, so that no word of it breaks the row into more lines. */
const InMotion: FC<{ run: RunView; challenger: ModelView['challenger'] }> = ({ run, challenger }) => {
  const { word, ...mark } = markRun(run, challenger?.share ?? null);
  const [state, progress] = word.split(', ');
  const below =
    progress ??
    (challenger === null || run.phase === 'rollout'
      ? null
      : `${challenger.version} ${challenger.share === 0 ? 'sees copies' : `answers ${percent(challenger.share)}`}`);
  return (
    <>
      <a href={`/runs/${run.id}`}>
        <State mark={{ ...mark, word: state! }} />
      </a>
      {below === null ? null : <small>{below}</small>}
    </>
  );
};

/** What its run waits for, and how long already. */
const Waiting: FC<{ run: RunView | null; clock: Clock }> = ({ run, clock }) => {
  if (run === null) return null;
  const since = run.waitsSince ?? run.story.at(-1)?.at ?? run.startedAt;
  const lasts = <small>{lasting(clock.now - Date.parse(since))}</small>;
  if (run.waitsSince !== null)
    return (
      <>
        <State mark={{ icon: 'person', tone: 'you', word: 'Approval' }} />
        {lasts}
      </>
    );
  return run.phase === 'holding' || run.phase === 'waiting-for-labels' ? (
    <>
      <State mark={{ icon: 'held', tone: 'warn', word: 'Labels' }} />
      {lasts}
    </>
  ) : null;
};

/** What its trainings took, of what they may take, and what that cost where somebody has said the price. */
const Spent: FC<{ view: ModelView }> = ({ view: { spend, budget } }) => (
  <>
    {spend.minutes === 0 && budget === null ? (
      <span class="muted">none</span>
    ) : (
      <>
        <b>{spend.minutes > 0 && spend.minutes < 1 ? 'under 1' : amount(spend.minutes)}</b>{' '}
        <span class="muted">{budget === null ? 'min' : `/ ${count(budget.allowedMinutes)} min`}</span>
      </>
    )}
    {spend.cost === null ? null : <small>{`${spend.cost.amount.toFixed(2)} ${spend.cost.currency}`}</small>}
    {budget === null ? null : (
      <small>
        <meter
          class="meter"
          max={budget.allowedMinutes}
          value={Math.min(budget.usedMinutes, budget.allowedMinutes)}
          aria-label="Share of the training budget that is spent"
        />
      </small>
    )}
  </>
);

/** The last things that happened, of all models. */
const Happened: FC<{ models: readonly ModelView[]; clock: Clock }> = ({ models, clock }) => {
  const events = happenings(models).slice(0, 10);
  if (models.length === 0) return <div id="happened" data-live />;
  return (
    <Section id="happened" title="What happened">
      {events.length === 0 ? (
        <Note icon="fleet" answer="Nothing has happened yet.">
          Alerts, runs and promotions appear here.
        </Note>
      ) : (
        <ul class="feed">
          {events.map(({ at, model, icon, tone, text }) => (
            <li>
              <Time at={at} clock={clock} />
              <span class={`st ${tone}`}>
                <I name={icon} />
              </span>
              <p>
                <a href={`/models/${model}`}>{model}</a> {sentence(text)}
              </p>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
};
