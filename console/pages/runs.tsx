import type { FC } from 'hono/jsx';
import { mayDo } from '../../domain/person.ts';
import { sayTriage } from '../../domain/triage.ts';
import type { ModelView, RunView } from '../model-view.ts';
import { markRun, sayDeadline, sayTrigger } from '../run-state.ts';
import { inMotion, sayQuestion, sayWhenRetrained, waiting } from '../sentences.ts';
import type { Clock } from '../times.ts';
import { count, lasting, sentence } from '../wording.ts';
import { I, State } from './icons.tsx';
import type { Reader } from './layout.tsx';
import { Act, Note, Section, Time } from './parts.tsx';

type Props = { view: ModelView; clock: Clock; reader: Reader };

/** What waits for the reader, with the decision in it. A GET never decides. */
export const Asks: FC<Props> = ({ view, clock, reader }) => (
  <div class="asks" id="asks" data-live>
    {waiting(view).map((run) => (
      <Ask run={run} view={view} clock={clock} reader={reader} />
    ))}
  </div>
);

const Ask: FC<Props & { run: RunView }> = ({ run, view, clock, reader }) => {
  const question = sayQuestion(run, view);
  const deadline = sayDeadline(run.asked, clock);
  const waits =
    run.waitsSince === null ? null : `Waits for ${lasting(clock.now - Date.parse(run.waitsSince))}`;
  return (
    <div class="ask">
      <I name="person" />
      <div>
        <h2>{question.title}</h2>
        <p>{question.because}</p>
        <p>{question.after}</p>
        <p class="muted small">{[waits, deadline].filter(Boolean).join(' · ')}</p>
      </div>
      {mayDo(reader.person, 'decide', view.name) ? (
        <Act action={`/runs/${run.id}/decide`} csrf={reader.csrf} class="decide">
          <input type="hidden" name="boundTo" value={JSON.stringify(run.approval?.boundTo ?? null)} />
          <label>
            Reason
            <textarea
              name="reason"
              rows={2}
              maxlength={500}
              placeholder="One sentence for whoever reads this in a year"
              aria-describedby={`hint-${run.id}`}
            />
          </label>
          <small id={`hint-${run.id}`} class="muted">
            Needed to reject. Kept in the record with your name, {reader.person.name}, either way.
          </small>
          <div class="two">
            <button class="btn you" name="kind" value="approve" data-key="a">
              {question.approve}
            </button>
            <button class="btn" name="kind" value="reject">
              Reject
            </button>
          </div>
        </Act>
      ) : (
        <p class="muted small">
          An approver of {view.name} decides; you are signed in as {reader.person.name}.
        </p>
      )}
    </div>
  );
};

/** Every pass of the retrain workflow, with its story inside. */
export const Runs: FC<Props> = ({ view, clock, reader }) => {
  const current = inMotion(view);
  const when = [sayWhenRetrained(view.retrain, view.objective), view.budget?.sentence ?? ''].join(' ').trim();
  return (
    <Section id="runs" title="Runs" say={view.runs.length === 0 ? undefined : when}>
      {view.runs.length === 0 ? (
        <Note icon="runs" answer="Never retrained.">
          {when}
        </Note>
      ) : (
        <ol class="runs">
          {view.runs.map((run) => (
            <li>
              <RunRow
                run={run}
                share={run === current ? (view.challenger?.share ?? null) : null}
                clock={clock}
              />
            </li>
          ))}
        </ol>
      )}
      {current === null && view.champion !== null && mayDo(reader.person, 'start', view.name) ? (
        <details id="start-run" class="start">
          <summary class="btn">Start a run</summary>
          <Act action={`/models/${view.name}/runs`} csrf={reader.csrf} class="inline">
            <label>
              Reason
              <input type="text" name="reason" maxlength={500} placeholder="Why now" />
            </label>
            <button class="btn you">Start</button>
            <small class="muted">
              Its gate is strict: without proof that the challenger is better, nothing changes.
            </small>
          </Act>
        </details>
      ) : null}
    </Section>
  );
};

const RunRow: FC<{ run: RunView; share: number | null; clock: Clock }> = ({ run, share, clock }) => {
  const said =
    run.outcome?.sentence ?? run.verdict?.sentence ?? run.story.at(-1)?.sentence ?? run.trigger.reason;
  const took = (run.endedAt === null ? clock.now : Date.parse(run.endedAt)) - Date.parse(run.startedAt);
  return (
    <details id={`run-${run.id}`} class="run-row" {...(run.endedAt === null ? { open: true } : {})}>
      <summary>
        <span class="when">
          <Time at={run.startedAt} clock={clock} />
          <small>{sayTrigger(run)}</small>
        </span>
        <State mark={markRun(run, share)} />
        <span class="said">{sentence(said)}</span>
        <span class="took">
          {lasting(took)}
          {run.trainSeconds === null ? null : <small>{lasting(run.trainSeconds * 1_000)} of training</small>}
        </span>
      </summary>
      {run.progress !== null && run.phase === 'fine-tuning' ? <Progress progress={run.progress} /> : null}
      {run.triage === null ? null : <TriageSaid triage={run.triage} />}
      <ol class="story">
        <li>
          <Time at={run.trigger.firedAt} clock={clock} />
          <b>Why</b>
          <p>{sentence(run.trigger.reason)}</p>
        </li>
        {run.story.map(({ phase, sentence: text, at }) => (
          <li>
            <Time at={at} clock={clock} />
            <b>{phaseWords[phase]}</b>
            <p>{sentence(text)}</p>
          </li>
        ))}
      </ol>
      <p class="muted mono">{run.id}</p>
    </details>
  );
};

/** What lies behind the alarm, on what evidence, and what is done about it. */
const TriageSaid: FC<{ triage: NonNullable<RunView['triage']> }> = ({ triage }) => (
  <div class="triage">
    <p>
      <b>Triage</b> {sentence(sayTriage(triage))}
    </p>
    <ul>
      {triage.evidence.map(({ about, says }) => (
        <li>
          <b>{about}</b> {sentence(says)}
        </li>
      ))}
    </ul>
  </div>
);

const Progress: FC<{ progress: NonNullable<RunView['progress']> }> = ({ progress }) => (
  <p class="say">
    <progress max={progress.steps} value={progress.step}>
      {progress.step}
    </progress>{' '}
    step {count(progress.step)} of {count(progress.steps)}
    {progress.resumedAtStep === null ? '' : `, resumed at step ${count(progress.resumedAtStep)}`}
    {progress.validationLoss === null
      ? ''
      : `, validation loss ${progress.validationLoss.toFixed(3).replace(/^0/, '')}`}
    {progress.examplesPerSecond ? `, ${count(Math.round(progress.examplesPerSecond))} examples/s` : ''} on{' '}
    {progress.backend}
  </p>
);

const phaseWords: Readonly<Record<RunView['phase'], string>> = {
  triage: 'Triage',
  'waiting-for-labels': 'Wait for labels',
  snapshot: 'Snapshot',
  'fine-tuning': 'Fine-tune',
  evaluating: 'Evaluate',
  holding: 'Gate: hold',
  servability: 'Servable',
  'waiting-for-approval': 'Approval',
  rollout: 'Rollout',
  ended: 'End',
};
