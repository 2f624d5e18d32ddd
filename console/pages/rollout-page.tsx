import type { FC, PropsWithChildren } from 'hono/jsx';
import { mayDo } from '../../domain/person.ts';
import { rightToSteer } from '../../domain/rollout.ts';
import type { Steering } from '../../domain/rollout.ts';
import type { Check } from '../../domain/rollout.ts';
import type { RolloutView, ShownRollout } from '../rollout/rollout-view.ts';
import {
  answeredNow,
  countKinds,
  markRollout,
  moment,
  onTrial,
  rolloutLede,
  sayNext,
  shareOf,
  waitingChecks,
} from '../rollout/say-rollout.ts';
import type { Icon } from '../run-state.ts';
import type { Clock } from '../times.ts';
import { count, lasting, percent } from '../wording.ts';
import { I, State } from './icons.tsx';
import { Bar } from './layout.tsx';
import type { Reader } from './layout.tsx';
import { Act, Fact, Refused, Words } from './parts.tsx';
import { Bands, Checks, Freezes, Judgements, Past, Quality, Traffic } from './rollout-parts.tsx';

export type RolloutPageProps = {
  view: RolloutView;
  clock: Clock;
  reader: Reader;
  problem: { code: string; message: string; fix: string } | null;
};

/** Is it safe right now? */
export const RolloutPage: FC<RolloutPageProps> = ({ view, clock, reader, problem }) => {
  const { shown, model } = view;
  return (
    <>
      <Bar
        crumbs={[
          { text: 'Rollouts', href: '/rollouts' },
          ...(shown === null ? [{ text: model }] : [{ text: `${model} ${shown.version}` }]),
        ]}
        clock={clock}
      />
      <main class="page" id="main">
        <Refused problem={problem} />
        <Head view={view} clock={clock} reader={reader} />
        {shown === null ? null : (
          <>
            <Facts view={view} shown={shown} clock={clock} />
            <Traffic shown={shown} clock={clock} />
            <Bands shown={shown} clock={clock} />
            <Checks shown={shown} clock={clock} />
            <div class="halves">
              <Quality shown={shown} clock={clock} />
              <Judgements shown={shown} model={model} clock={clock} />
            </div>
          </>
        )}
        <Past view={view} clock={clock} />
        <Freezes view={view} />
      </main>
    </>
  );
};

const Head: FC<Omit<RolloutPageProps, 'problem'>> = ({ view, clock, reader }) => {
  const { shown, model } = view;
  const { answer, why } = rolloutLede(view, clock);
  return (
    <div class={shown?.isOpen ? 'head rolling' : 'head'} id="head" data-live>
      <div>
        <h1>
          <span class="muted">Rollout</span>
          <a class="mono" href={`/models/${model}`}>
            {model}
          </a>
          {shown === null ? (
            view.champion === null ? null : (
              <span class="v champion">{view.champion}</span>
            )
          ) : (
            <>
              <span class="v champion">{shown.over}</span> <span aria-label="to">→</span>{' '}
              <span class="v challenger">{shown.version}</span> <State mark={markRollout(shown)} />
            </>
          )}
        </h1>
        <p class="lede">
          <Words text={answer} />
        </p>
        <p class="why">
          <Words text={why} />
        </p>
      </div>
      {shown === null || !shown.isOpen ? null : <Steer shown={shown} model={model} reader={reader} />}
    </div>
  );
};

/** What a person may say to it. A key only moves to the button; the button opens a form, and the form does it. */
const Steer: FC<{ shown: ShownRollout; model: string; reader: Reader }> = ({ shown, model, reader }) => {
  const isHeld = onTrial(shown)?.hold?.for;
  const waits = isHeld === 'person' || isHeld === 'evidence';
  const may = (kind: Steering['kind']) => mayDo(reader.person, rightToSteer[kind], model);
  const about = { shown, model, reader };
  return (
    <div class="acts steer">
      {may('abort') ? (
        <Say {...about} kind="abort" icon="back" tone="bad" short="x" word={`Abort, back to ${shown.over}`}>
          {`${shown.version} is taken off at once; ${shown.over} answers everything.`}
        </Say>
      ) : null}
      {waits && may('resume') ? (
        <Say {...about} kind="resume" icon="running" short="p" word="Resume">
          It goes on from where it is, and waits for evidence anew.
        </Say>
      ) : null}
      {isHeld !== 'person' && may('pause') ? (
        <Say {...about} kind="pause" icon="paused" {...(waits ? {} : { short: 'p' })} word="Pause">
          {`${shown.version} stays where it is. Harm still takes it off.`}
        </Say>
      ) : null}
      {may('skip') ? (
        <Say {...about} kind="skip" icon="rollout" word="Skip">
          It goes on to the next phase without the evidence for this one.
        </Say>
      ) : null}
    </div>
  );
};

const Say: FC<
  PropsWithChildren<{
    kind: Steering['kind'];
    shown: ShownRollout;
    model: string;
    reader: Reader;
    icon: Icon;
    word: string;
    tone?: 'bad';
    short?: string;
  }>
> = ({ kind, shown, model, reader, icon, word, tone, short, children }) => {
  const needsReason = kind === 'abort' || kind === 'skip';
  return (
    <details class="say-word" id={`say-${kind}`}>
      <summary class={`btn ${tone ?? ''}`} {...(short === undefined ? {} : { 'data-key': short })}>
        <I name={icon} /> {word} {short === undefined ? null : <kbd>{short}</kbd>}
      </summary>
      <Act action={`/models/${model}/rollout/${kind}`} csrf={reader.csrf} class="panel decide">
        <input type="hidden" name="runId" value={shown.runId} />
        <p class="small">{children}</p>
        <label for={`why-${kind}`}>{needsReason ? 'Why' : 'Why (may be left out)'}</label>
        <textarea
          id={`why-${kind}`}
          name="reason"
          rows={2}
          maxlength={500}
          {...(needsReason ? { required: true } : {})}
        />
        <button class={`btn ${tone ?? 'you'}`}>{word}</button>
      </Act>
    </details>
  );
};

const Facts: FC<{ view: RolloutView; shown: ShownRollout; clock: Clock }> = ({ view, shown, clock }) => {
  const { version, over, looks, planned, isOpen, entity } = shown;
  const newest = shown.standing?.seen?.checks ?? looks.at(-1)?.checks ?? [];
  const served = newest.find(({ check }) => check === 'errors')?.band;
  const split = newest.find(({ check }) => check === 'sample ratio');
  const kinds = countKinds(shown);
  const missing = waitingChecks(newest).flatMap(({ band }) => band?.missing ?? []);
  const most = missing.length === 0 ? null : Math.max(...missing);
  const next = planned[1];
  return (
    <dl class="facts" id="facts" data-live>
      <Fact
        name={isOpen ? `Traffic on ${version}` : 'Traffic at its end'}
        note={
          next === undefined
            ? `${over} is ${isOpen ? 'ready to take over' : shown.outcome?.kind === 'withdrawn' ? 'champion still' : 'kept for the way back'}`
            : `${sayNext(next)} at ${moment(next.from, clock)}, if it is settled`
        }
      >
        <span class="challenger-ink">
          {percent(isOpen ? answeredNow(shown) : shareOf(shown.phases.at(-1)?.stage))}
        </span>{' '}
        <small>{entity === null ? 'drawn by request' : `sticky per ${entity}`}</small>
      </Fact>
      <Fact
        name="Requests in this phase"
        note={split === undefined ? 'both are held against each other' : splitNote(split.kind)}
      >
        {served === undefined ? (
          '–'
        ) : (
          <>
            {count(served.challenger.trials)}{' '}
            <small>
              and {count(served.champion.trials)} on {over}
            </small>
          </>
        )}
      </Fact>
      <Fact name="Judgements" note={`${count(kinds.failed)} failed, ${count(kinds.error)} errors`}>
        {count(kinds.successful)} <small>good ·</small> {count(kinds.inconclusive)} <small>open</small>
      </Fact>
      <Fact name={isOpen ? 'Missing now' : 'Missing at its end'} note={missingNote(newest, most)}>
        {most === null ? (newest.length === 0 || waitingChecks(newest).length > 0 ? '?' : '0') : count(most)}{' '}
        <small>{missing.length > 0 ? 'on each side' : ''}</small>
      </Fact>
      <Fact name={`Back to ${over} takes`} note={drillNote(view, clock)}>
        {view.drill?.seconds == null
          ? view.drill === null
            ? 'seconds'
            : 'broken'
          : lasting(Math.max(1_000, view.drill.seconds * 1_000))}
      </Fact>
    </dl>
  );
};

/** What it would take to settle what is open. */
function missingNote(newest: readonly Check[], most: number | null): string {
  if (newest.length === 0) return 'nothing was looked at yet';
  if (most !== null) return 'to settle what is open, if it goes on so';
  return waitingChecks(newest).length > 0 ? 'more than can be foretold' : 'every check is settled';
}

const drillNote = ({ drill }: RolloutView, clock: Clock): string => {
  if (drill === null) return 'not tried yet';
  return drill.refused === null
    ? `${drill.target} drilled ${moment(drill.at, clock)}`
    : `${drill.refused} when drilled ${moment(drill.at, clock)}`;
};

const splitNote = (kind: string): string =>
  kind === 'successful'
    ? 'split as intended'
    : kind === 'error'
      ? 'not split as drawn: look why'
      : 'too few to see the split';
