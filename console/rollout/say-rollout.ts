import { isOnTrial, isSameStage, trafficOf } from '../../domain/rollout.ts';
import type { Band, Check, Judgement, OnTrial, Stage } from '../../domain/rollout.ts';
import type { Mark } from '../run-state.ts';
import type { Lede } from '../sentences.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { capital, count, counted, lasting, listed, percent, sentence } from '../wording.ts';
import type { PhaseSpan, RolloutView, ShownRollout } from './rollout-view.ts';

/** A time as the reader's clock has it, to the minute. */
export const moment = (at: string | number, clock: Clock): string =>
  clockTime(at, clock).replace(/^(\d\d:\d\d):\d\d$/, '$1');

/** Icon, colour and word of a judgement. */
export const judgementMarks: Readonly<Record<Judgement['kind'], Mark>> = {
  successful: { icon: 'ok', tone: 'ok', word: 'No worse' },
  inconclusive: { icon: 'held', tone: 'warn', word: 'Not clear yet' },
  failed: { icon: 'bad', tone: 'bad', word: 'Worse' },
  error: { icon: 'unknown', tone: 'unknown', word: 'Could not be judged' },
};

const holdWords = {
  person: 'Paused',
  evidence: 'Waits for you',
  metrics: 'Cannot be judged',
  freeze: 'Frozen',
  servers: 'Waits for servers',
} as const;

/** Where it is, in a word. */
export function markRollout(shown: ShownRollout): Mark {
  if (shown.outcome?.kind === 'promoted') return { icon: 'ok', tone: 'ok', word: 'Promoted' };
  if (shown.outcome?.kind === 'withdrawn') return { icon: 'rejected', tone: 'bad', word: 'Withdrawn' };
  const current = onTrial(shown);
  if (current === null) return { icon: 'unknown', tone: 'unknown', word: 'No word from it' };
  const held = current.hold?.for;
  if (held === undefined)
    return shown.standing?.seen?.judgement.kind === 'inconclusive'
      ? { icon: 'held', tone: 'warn', word: 'Waits for evidence' }
      : { icon: 'running', tone: 'plain', word: 'Under way' };
  return {
    icon:
      held === 'person' ? 'paused' : held === 'evidence' ? 'person' : held === 'metrics' ? 'unknown' : 'held',
    tone: held === 'evidence' ? 'you' : held === 'person' ? 'plain' : held === 'metrics' ? 'unknown' : 'warn',
    word: holdWords[held],
  };
}

/** What is on trial, as its workflow says; null where it is over or says nothing. */
export const onTrial = ({ standing }: ShownRollout): OnTrial | null =>
  standing !== null && isOnTrial(standing.rollout) ? standing.rollout : null;

/** The share of requests that the challenger answers now. */
export function answeredNow(shown: ShownRollout): number {
  const current = onTrial(shown);
  const stage = shown.phases.at(-1)?.stage;
  // The story may be a moment ahead of what the workflow has said.
  if (current === null || stage === undefined || !isSameStage(current, stage))
    return shown.isOpen ? shareOf(stage) : 0;
  const { mode, share } = trafficOf(current);
  return mode === 'shadow' ? 0 : mode === 'bake' ? 1 : share;
}

/** Of a phase as it is meant. */
export const shareOf = (stage: Stage | undefined): number =>
  stage === undefined || stage.phase === 'shadow' ? 0 : stage.phase === 'bake' ? 1 : stage.share;

/** `shadow`, `25 %`, `bake`. */
export const stageName = (stage: Stage): string =>
  stage.phase === 'shadow' ? 'Shadow' : stage.phase === 'bake' ? 'Bake' : percent(stage.share);

const checkWords: Readonly<Record<string, string>> = {
  errors: 'Errors',
  latency: 'Slow answers',
  'invalid answers': 'Invalid answers',
  quality: 'Quality',
  'sample ratio': 'Split of the traffic',
};
/** The name of a check as a reader says it; a metric of the team's own keeps its name. */
export const checkName = (check: string): string => checkWords[check] ?? check;

/** Is it safe right now? */
export function rolloutLede(view: RolloutView, clock: Clock): Lede {
  const { shown, champion, wayBack, model } = view;
  if (shown === null)
    return {
      answer:
        champion === null
          ? `Nothing answers for ${model} yet.`
          : `No rollout. ${champion} answers everything${wayBack === null ? '' : `; ${wayBack} is one command away`}.`,
      why:
        wayBack === null
          ? 'A challenger that has passed the gate, and a person where one is asked, comes here on its way to production.'
          : `\`driftloop version rollback ${model}\` goes back. A challenger that has passed the gate comes here on its way to production.`,
    };
  if (!shown.isOpen) return endedLede(shown, clock);
  return { answer: `${sayTraffic(shown)} ${sayJudged(view, shown, clock)}`, why: sayWhy(view, shown, clock) };
}

function endedLede({ version, over, outcome, phases }: ShownRollout, clock: Clock): Lede {
  const last = phases.at(-1);
  const from =
    last === undefined
      ? ''
      : ` in its ${last.stage.phase === 'canary' ? `canary at ${percent(last.stage.share)}` : last.stage.phase}`;
  if (outcome?.kind === 'withdrawn')
    return {
      answer: `${version} was withdrawn${from}; ${over} answers everything.`,
      why: sentence(capital(outcome.sentence.replace(/^withdrawn: /i, ''))),
    };
  if (outcome?.kind === 'promoted')
    return {
      answer: `${version} took over from ${over}${last === undefined ? '' : ` at ${moment(last.to, clock)}`}.`,
      why: sentence(outcome.sentence),
    };
  return {
    answer: `${version} is not being rolled out${outcome === null ? ' yet' : ' any more'}.`,
    why: outcome === null ? 'Its run has not come so far.' : sentence(outcome.sentence),
  };
}

function sayTraffic(shown: ShownRollout): string {
  const { version, over } = shown;
  const share = answeredNow(shown);
  if (share === 0) return `${version} answers nobody yet: it is shown copies of requests.`;
  return share === 1
    ? `${version} answers all requests, and ${over} stands by.`
    : `${version} answers ${percent(share)} of requests.`;
}

/** What the newest judgement comes to, and what would settle it. */
function sayJudged(view: RolloutView, shown: ShownRollout, clock: Clock): string {
  const { over, standing, silence } = shown;
  if (silence !== null || standing === null)
    return `Its workflow does not answer, so where it goes next is unknown; ${over} is ready to take over.`;
  const { seen } = standing;
  const hold = onTrial(shown)?.hold ?? null;
  if (seen === null)
    return shown.nextLookAt === null
      ? 'Nothing has been judged yet.'
      : `Nothing has been judged yet; the first look is at ${moment(shown.nextLookAt, clock)}.`;
  const { kind } = seen.judgement;
  if (kind === 'error')
    return `It could not be judged at ${moment(seen.at, clock)}; ${over} is ready to take over.`;
  if (kind === 'failed') return `It is worse than ${over} and is taken off.`;
  const worse = `Nothing looks worse than ${over}`;
  if (hold?.for === 'person') return `${worse}; it is paused.`;
  if (hold?.for === 'freeze' || view.frozen !== null)
    return `${worse}; production is frozen, so it stays there.`;
  if (kind === 'inconclusive') {
    const missing = sayMissing(seen.checks);
    return missing === null ? `${worse} so far, but it is not clear yet.` : `${worse} so far; ${missing}.`;
  }
  const next = shown.planned[1];
  return next === undefined
    ? `${worse}; it is champion at ${moment(shown.planned.at(-1)?.to ?? clock.now, clock)} if that stays so.`
    : `${worse}; ${sayNext(next)} at ${moment(next.from, clock)} if that stays so.`;
}

export const sayNext = ({ stage }: PhaseSpan): string =>
  stage.phase === 'bake' ? 'all of them' : stage.phase === 'shadow' ? 'the shadow' : percent(stage.share);

/** Checks that decide and wait for evidence. */
export const waitingChecks = (checks: readonly Check[]): Check[] =>
  checks.filter(({ kind, dryRun }) => kind === 'inconclusive' && dryRun !== true);

const trialsOf = (check: string, n: number): string =>
  check === 'quality' ? counted(n, 'more label', 'more labels') : counted(n, 'more request', 'more requests');

/** `380 more requests would settle errors`; null where nobody can tell. */
export function sayMissing(checks: readonly Check[]): string | null {
  const open = waitingChecks(checks);
  const told = open.filter(({ band }) => typeof band?.missing === 'number' && band.missing > 0);
  if (told.length === 0) return null;
  const parts = [true, false].flatMap((isQuality) => {
    const such = told.filter(({ check }) => (check === 'quality') === isQuality);
    if (such.length === 0) return [];
    const most = Math.max(...such.map(({ band }) => band!.missing!));
    const names = listed(such.map(({ check }) => checkName(check).toLowerCase()));
    return [`${trialsOf(such[0]!.check, most)}${isQuality ? '' : ' on each side'} would settle ${names}`];
  });
  return listed(parts.toReversed());
}

/** What holds it, or how it is judged and when next. */
function sayWhy(view: RolloutView, shown: ShownRollout, clock: Clock): string {
  const { silence, times, nextLookAt, standing } = shown;
  if (silence !== null)
    return `${sentence(silence)} What is below was stored before; \`driftloop doctor\` says more.`;
  if (standing === null) return 'What is below was stored by its judgements.';
  const current = onTrial(shown);
  if (current?.hold != null) return sentence(capital(current.hold.sentence));
  if (view.frozen !== null) return view.frozen;
  const next = nextLookAt === null ? '' : ` The next look is about ${moment(nextLookAt, clock)}.`;
  if (current?.phase === 'shadow')
    return `In the shadow its answers are compared and dropped for at least ${lasting(times.shadowMs)}, and quality has to be shown.${next}`;
  if (current?.phase === 'bake')
    return `The bake lasts at least ${lasting(times.bakeMs)}: quality has to be shown by labels, and the way back is one click.${next}`;
  const late = standing.seen?.checks.find(({ check, dryRun }) => check === 'quality' && dryRun === true);
  const quality =
    late === undefined ? '' : ' Quality is judged in the shadow and in the bake; here it can only withdraw.';
  return `A step lasts at least ${lasting(times.stepMs)} and is looked at every ${lasting(times.everyMs)}.${quality}${next}`;
}

/** How many judgements said what. */
export function countKinds(shown: Pick<ShownRollout, 'looks'>): Record<Judgement['kind'], number> {
  const counts = { successful: 0, failed: 0, inconclusive: 0, error: 0 };
  for (const { judgement } of shown.looks) counts[judgement.kind] += 1;
  return counts;
}

/** A difference in points of a hundred, with its sign. */
export const points = (share: number): string => {
  const value = 100 * share;
  const digits = Math.abs(value) < 1 ? 2 : 1;
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? '0' : `${value < 0 ? '−' : '+'}${text.replace(/^0\./, '.')}`;
};

/** `12 of 3,098 against 14 of 3,120: −.02 [−.31, +.27] points, and at most +.50 lets it go on`. */
export function sayBand(check: string, { challenger, champion, low, high, bound }: Band): string {
  const rateOf = ({ events, trials }: Band['challenger']) => (trials === 0 ? 0 : events / trials);
  const difference = rateOf(challenger) - rateOf(champion);
  const interval = `${points(difference)} [${points(low)}, ${points(high)}] points, and at most ${points(bound)} lets it go on`;
  return check === 'quality'
    ? `Of ${counted(challenger.trials, 'labelled row')} it alone got ${count(challenger.events)} wrong, the champion alone ${count(champion.events)}: ${interval}`
    : `${count(challenger.events)} of ${count(challenger.trials)} against ${count(champion.events)} of ${count(champion.trials)}: ${interval}`;
}

/** What the chart says to who cannot see it. */
export function sayCourse(shown: ShownRollout, clock: Clock): string {
  const been = shown.phases.map(({ stage, from }) => `${stageName(stage)} from ${moment(from, clock)}`);
  const kinds = countKinds(shown);
  const said = (Object.keys(kinds) as Judgement['kind'][])
    .filter((kind) => kinds[kind] > 0)
    .map((kind) => `${count(kinds[kind])} ${kind}`);
  const next = shown.planned[1];
  const planned =
    next === undefined ? '' : ` Planned: ${stageName(next.stage)} from ${moment(next.from, clock)}.`;
  return `Traffic of ${shown.version}: ${been.length === 0 ? 'none yet' : listed(been)}.${planned} Judgements: ${said.length === 0 ? 'none yet' : listed(said)}.`;
}
