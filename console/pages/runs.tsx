import type { FC } from 'hono/jsx';
import { mayDo } from '../../domain/person.ts';
import { sayTriage } from '../../domain/triage.ts';
import type { ModelView, RunView } from '../model-view.ts';
import { markRun, sayTrigger } from '../run-state.ts';
import { inMotion, sayWhenRetrained, waiting } from '../sentences.ts';
import type { Clock } from '../times.ts';
import { count, lasting, sentence } from '../wording.ts';
import { LongAsk } from './ask.tsx';
import { State } from './icons.tsx';
import type { Reader } from './layout.tsx';
import { Act, Note, Section, Time } from './parts.tsx';

type Props = { view: ModelView; clock: Clock; reader: Reader };

/** What waits for the reader. */
export const Asks: FC<Pick<Props, 'view' | 'clock'>> = ({ view, clock }) => (
  <div class="asks" id="asks" data-live>
    {waiting(view).map((run) => (
      <LongAsk run={run} view={view} clock={clock} />
    ))}
  </div>
);

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
                reader={reader}
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

const RunRow: FC<{ run: RunView; reader: Reader; share: number | null; clock: Clock }> = ({
  run,
  reader,
  share,
  clock,
}) => {
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
      {run.phase === 'holding' && run.outcome === null && mayDo(reader.person, 'force', run.model) ? (
        <ForceGate run={run} csrf={reader.csrf} />
      ) : null}
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
      <p>
        <a href={`/runs/${run.id}`}>Everything about this run</a> <span class="muted mono">{run.id}</span>
      </p>
    </details>
  );
};

/** For an emergency, and marked for ever: behind a second click, and never without a reason. */
export const ForceGate: FC<{ run: Pick<RunView, 'id' | 'version'>; csrf: string }> = ({ run, csrf }) => (
  <details id={`force-${run.id}`} class="start">
    <summary class="btn">Force it</summary>
    <Act action={`/runs/${run.id}/force`} csrf={csrf} class="inline">
      <label>
        Reason
        <input
          type="text"
          name="reason"
          maxlength={500}
          required
          placeholder="Why the gate is not waited for"
        />
      </label>
      <button class="btn">Promote against the gate</button>
      <small class="muted">
        Nothing has proven that {run.version ?? 'it'} is better. Your word is shown with the run and the
        version for ever, and stands in the audit log.
      </small>
    </Act>
  </details>
);

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
