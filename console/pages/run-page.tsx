import type { Child, FC } from 'hono/jsx';
import { mayDo } from '../../domain/person.ts';
import { TimeStrip } from '../charts/time-strip.tsx';
import { isCancelled, isWaiting } from '../../domain/run.ts';
import type { RunRecord } from '../run/run-record.ts';
import { runLede } from '../run/run-sentences.ts';
import { runSteps, stretchesOf } from '../run/run-steps.ts';
import type { Stretch } from '../run/run-steps.ts';
import { markRun } from '../run-state.ts';
import type { Clock } from '../times.ts';
import { clockTime } from '../times.ts';
import { sentence } from '../wording.ts';
import { Flips } from './flips.tsx';
import { State } from './icons.tsx';
import { Bar } from './layout.tsx';
import type { Reader } from './layout.tsx';
import { Note, unbroken } from './parts.tsx';
import { RunBeforeAfter } from './run-before-after.tsx';
import { RunFacts } from './run-facts.tsx';
import { RunGate } from './run-gate.tsx';
import { RunStory } from './run-story.tsx';
import { RunTraining } from './run-training.tsx';
import { ForceGate } from './runs.tsx';

export type RunPageProps = {
  record: RunRecord;
  /** Where its workflow is shown; null where nobody serves that. */
  workflow: string | null;
  clock: Clock;
  reader: Reader;
};

/** What did it do, where is it now? */
export const RunPage: FC<RunPageProps> = (props) => {
  const { record, clock, reader } = props;
  const { run, events, dossier, look } = record;
  const steps = runSteps({ run, events, now: clock.now });
  const stretches = stretchesOf(steps);
  return (
    <>
      <Bar
        crumbs={[
          { text: 'Fleet', href: '/' },
          { text: run.model, href: `/models/${run.model}` },
          { text: `Run of ${clockTime(run.startedAt, clock)}` },
        ]}
        clock={clock}
      />
      <main class="page" id="main">
        <RunHead {...props} stretches={stretches} />
        <RunProblem record={record} reader={reader} />
        <WhereTimeWent stretches={stretches} />
        <RunStory record={record} steps={steps} clock={clock} />
        <RunGate dossier={dossier} look={look} />
        <RunTraining record={record} />
        <RunBeforeAfter dossier={dossier} look={look} />
        {dossier.flips === null ? (
          <div id="flips" data-live />
        ) : (
          <Flips flips={dossier.flips} task={dossier.task} champion={dossier.champion} clock={clock} />
        )}
        <RunFacts record={record} />
        <RunLog record={record} />
      </main>
    </>
  );
};

const RunHead: FC<RunPageProps & { stretches: readonly Stretch[] }> = ({
  record,
  stretches,
  workflow,
  clock,
  reader,
}) => {
  const { run, share } = record;
  const lede = runLede(record, stretches);
  const isAsked = isWaiting(run);
  return (
    <div class="head" id="head" data-live>
      <div>
        <h1>
          Run of {clockTime(run.startedAt, clock)} ·{' '}
          <a class="mono" href={`/models/${run.model}`}>
            {run.model}
          </a>
          <State mark={markRun(run, share)} />
        </h1>
        <p class="lede">{unbroken(lede.answer)}</p>
        <p class="why">{unbroken(lede.why)}</p>
      </div>
      <p class="acts links">
        {isAsked ? (
          <a class="btn you" href={`/runs/${run.id}/approve`} data-key="a">
            {mayDo(reader.person, 'decide', run.model) ? 'Decide' : 'What is asked'} <kbd>a</kbd>
          </a>
        ) : null}
        {workflow === null ? null : (
          <a class="btn" href={workflow} rel="noreferrer" target="_blank">
            Workflow
          </a>
        )}
        <a class="btn" href="#log">
          Log
        </a>
      </p>
    </div>
  );
};

/** What went wrong, or what can be done against a gate that holds. */
const RunProblem: FC<{ record: RunRecord; reader: Reader }> = ({ record: { run }, reader }) => {
  let said: Child = null;
  if (isCancelled(run.outcome))
    said = (
      <Note icon="rejected" answer="Somebody cancelled its workflow.">
        Whatever it had on trial was withdrawn. The next trigger begins a new run, or{' '}
        <a href={`/models/${run.model}#runs`}>start one</a>; who cancelled it stands in the history of the
        workflow.
      </Note>
    );
  else if (run.outcome?.kind === 'failed')
    said = (
      <Note icon="bad" tone="bad" answer={sentence(run.outcome.sentence)}>
        Nothing in production changed. What each step did is below; <code>driftloop explain {run.id}</code>{' '}
        says it in a terminal, and <code>driftloop doctor</code> looks at the services.
      </Note>
    );
  else if (run.phase === 'holding' && run.outcome === null && mayDo(reader.person, 'force', run.model))
    said = <ForceGate run={run} csrf={reader.csrf} />;
  return (
    <div id="problem" data-live>
      {said}
    </div>
  );
};

const layouts = ['wide', 'middle', 'narrow'] as const;

const WhereTimeWent: FC<{ stretches: readonly Stretch[] }> = ({ stretches }) =>
  stretches.length === 0 ? (
    <figure id="time" data-live />
  ) : (
    <figure id="time" data-live>
      <figcaption class="sr">Where the time went</figcaption>
      {layouts.map((layout) => (
        <div class={`at-${layout}`}>
          <TimeStrip stretches={stretches} layout={layout} />
        </div>
      ))}
    </figure>
  );

/** Everything that was told, as it is stored. */
const RunLog: FC<{ record: RunRecord }> = ({ record: { run, events } }) => (
  <section class="sec" id="log" data-live>
    <details id="log-lines" class="as-table">
      <summary>Log: everything that was told, to the millisecond</summary>
      <ol class="log">
        {events.map(({ at, key, sentence: text }) => (
          <li>
            <time datetime={at}>{at.replace('T', ' ').replace('Z', '')}</time> <b>{key}</b> {text}
          </li>
        ))}
      </ol>
    </details>
    <p class="say">
      <a href={`/api/runs/${run.id}`}>All of it as JSON</a>, <code>driftloop run watch {run.id}</code> follows
      it in a terminal. <span class="muted mono">{run.id}</span>
    </p>
    <p class="say">
      What the processes wrote meanwhile is not kept here: the roles <code>worker</code> and{' '}
      <code>worker-gpu</code> log lines of JSON, in <code>.driftloop/state/logs</code> under{' '}
      <code>driftloop dev</code>, elsewhere wherever you collect the output of processes. Those that are about
      this run carry its <code>runId</code>.
    </p>
  </section>
);
