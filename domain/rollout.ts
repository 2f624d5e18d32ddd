import type { Right, Speaker } from './person.ts';

/**
 * A rollout is a union and one total function:
 *
 *   shadow ──▶ canary, step by step ──▶ bake ──▶ champion
 *      └──────────────┴──────────────────┴─────▶ withdrawn
 *
 * `advance` decides, the workflow acts on it. Only a look that succeeded or a person's word moves a rollout forward; a
 * look that failed, an abort or another champion ends it wherever it is, held or not.
 */
export type Judgement =
  | { kind: 'successful'; sentence: string }
  | { kind: 'failed'; sentence: string }
  | { kind: 'inconclusive'; sentence: string }
  | { kind: 'error'; sentence: string };

/** What one of the checks of a look says. */
export type Check = Readonly<{
  check: string;
  kind: Judgement['kind'];
  /** The values and, where something is missing, what. */
  sentence: string;
  /** Shown, and decides nothing. */
  dryRun?: boolean;
  /** The numbers behind the sentence; left out where it is no comparison of two shares. */
  band?: Band;
}>;

/** How far the challenger's share of something bad may lie above the champion's, whenever it is looked at: up is worse. */
export type Band = Readonly<{
  challenger: Readonly<{ events: number; trials: number }>;
  champion: Readonly<{ events: number; trials: number }>;
  low: number;
  high: number;
  /** A phase passes when `high` is shown to lie no higher. */
  bound: number;
  /** So many more trials on each side would settle it, if it goes on as it has; null where nobody can tell. */
  missing: number | null;
}>;

/** One judgement of a rollout, as it was made. */
export type RolloutLook = Readonly<{
  /** RFC 3339. */
  at: string;
  stage: Stage;
  judgement: Judgement;
  checks: readonly Check[];
  ready: number;
  frozen: string | null;
}>;

/** What a challenger does in production: it is copied to, answers a share, or answers everything. */
export type Stage =
  | { phase: 'shadow' }
  | { phase: 'canary'; step: number; share: number }
  /** It answers everything; the champion stays loaded and keeps scoring. */
  | { phase: 'bake' };

/** Why a rollout stays where it is, as one sentence for the page, and what ends the hold. */
export type Hold =
  /** A person paused it; a person resumes it. */
  | { for: 'person'; sentence: string }
  /** The time of its phase is over and evidence is still missing; a person resumes, skips or aborts. */
  | { for: 'evidence'; sentence: string }
  /** It cannot be judged; goes on by itself when it can. */
  | { for: 'metrics'; sentence: string }
  /** Production is frozen; goes on by itself afterwards. */
  | { for: 'freeze'; sentence: string }
  /** Too few servers have the challenger loaded; goes on by itself when they have. */
  | { for: 'servers'; sentence: string };

export type OnTrial = Stage & {
  /** Looks in a row that could not be made. */
  errors: number;
  /** Share of the servers that have the challenger loaded, as far as is known: it never answers more. */
  ready: number;
  hold: Hold | null;
};

export type Rollout = OnTrial | { phase: 'champion' } | { phase: 'withdrawn'; because: string };
export type Ended = Exclude<Rollout, OnTrial>;

export type RolloutPlan = {
  /** Whether its answers are first compared without being given. */
  shadow: boolean;
  /** Shares of the traffic, one a step, each in (0, 1). */
  canary: readonly number[];
  /** Whether it answers everything for a while before the champion leaves. */
  bake: boolean;
  /** So many looks in a row may end in `error` before the rollout is held. */
  errorLimit: number;
};

/** How long its phases last, and how often they are looked at. */
export type RolloutTimes = {
  shadowMs: number;
  stepMs: number;
  bakeMs: number;
  everyMs: number;
  /** How long a phase may wait for evidence, once its own time is over, before a person is asked. */
  inconclusiveAtMostMs: number;
};

/** What is known at a look beside its judgement. */
export type Circumstances = {
  /** Share of the servers that have the challenger loaded, 0 to 1. */
  ready: number;
  /** Why nothing moves forward now, or null. */
  frozen: string | null;
};

export type RolloutEvent =
  | ({
      kind: 'look';
      judgement: Judgement;
      /** Where the phase is in its time: still inside it, past it, or past all the time it may wait for evidence. */
      time: 'early' | 'due' | 'late';
    } & Circumstances)
  | { kind: 'pause'; by: string; reason: string | null }
  | { kind: 'resume'; by: string }
  | ({ kind: 'skip'; by: string; reason: string } & Circumstances)
  | { kind: 'abort'; by: string; reason: string }
  /** Another champion, or the end of its run: what was judged until now proves nothing any more. */
  | { kind: 'overruled'; sentence: string };

/** What a person may say to a rollout that goes on. */
export type Steering = Speaker & { runId: string } & (
    | { kind: 'pause' | 'resume'; reason: string | null }
    /** Evidence, or the challenger, is not waited for: that has to have a reason. */
    | { kind: 'skip' | 'abort'; reason: string }
  );

/** The right that each word to a rollout asks for. */
export const rightToSteer = {
  pause: 'pause',
  resume: 'resume',
  skip: 'start',
  abort: 'rollback',
} as const satisfies Record<Steering['kind'], Right>;

/** Where a rollout is, for whoever asks while it goes on. */
export type RolloutStanding = {
  runId: string;
  version: string;
  champion: string;
  rollout: Rollout;
  /** RFC 3339; when its phase began. */
  since: string;
  /** What its newest look has seen; null before the first. */
  seen: { at: string; judgement: Judgement; checks: readonly Check[] } | null;
};

export const isOnTrial = (rollout: Rollout): rollout is OnTrial =>
  rollout.phase !== 'champion' && rollout.phase !== 'withdrawn';

/** The first phase of a plan; with nothing in it the challenger takes over at once. */
export const begin = (plan: RolloutPlan): Rollout => rung(plan, 0);

/** The phase alone, without what has happened in it. */
export const stageOf = (current: OnTrial): Stage =>
  current.phase === 'canary'
    ? { phase: 'canary', step: current.step, share: current.share }
    : { phase: current.phase };

export const isSameStage = (one: Stage, other: Stage): boolean =>
  one.phase === other.phase &&
  (one.phase === 'canary' ? one.step : 0) === (other.phase === 'canary' ? other.step : 0);

/** The share of requests that the challenger answers in a phase. */
const weightOf = (stage: Stage | { phase: 'champion' }): number =>
  stage.phase === 'shadow' ? 0 : stage.phase === 'canary' ? stage.share : 1;

/** What the servers are told: how the challenger is on trial, and on which share (of copies in the shadow). */
export type Traffic = { mode: Stage['phase']; share: number };

/** Never more than the servers that have the challenger loaded could carry. */
export function trafficOf(rollout: OnTrial): Traffic {
  const { phase, ready } = rollout;
  const share = weightOf(rollout);
  if (phase === 'shadow' || ready === 0) return { mode: 'shadow', share: 1 };
  return ready < share ? { mode: 'canary', share: ready } : { mode: phase, share };
}

/** The next state after whatever happened. Total: every event is heard in every state, and an ended rollout stays. */
export function advance(rollout: Rollout, event: RolloutEvent, plan: RolloutPlan): Rollout {
  if (!isOnTrial(rollout)) return rollout;
  switch (event.kind) {
    case 'abort':
      return { phase: 'withdrawn', because: `${event.by} aborted it: ${event.reason}` };
    case 'overruled':
      return { phase: 'withdrawn', because: event.sentence };
    case 'pause':
      return held(rollout, {
        for: 'person',
        sentence: `${event.by} paused it${event.reason === null ? '.' : `: ${event.reason}`}`,
      });
    case 'resume':
      return rollout.hold?.for === 'person' || rollout.hold?.for === 'evidence'
        ? { ...rollout, hold: null }
        : rollout;
    case 'skip':
      // A person's word stands in for evidence, not for servers, and not against a freeze.
      return event.frozen === null ? step({ ...rollout, ready: event.ready }, plan) : rollout;
    case 'look':
      return afterLook(rollout, event, plan);
    default:
      return event satisfies never;
  }
}

function afterLook(
  rollout: OnTrial,
  look: Extract<RolloutEvent, { kind: 'look' }>,
  plan: RolloutPlan,
): Rollout {
  const { judgement, time } = look;
  if (judgement.kind === 'failed') return { phase: 'withdrawn', because: judgement.sentence };
  const isSeen = judgement.kind !== 'error';
  const { errors, ready } = rollout;
  const seen = { ...rollout, errors: isSeen ? 0 : errors + 1, ready: isSeen ? look.ready : ready };
  // Whoever waits for a person waits for a person.
  if (seen.hold?.for === 'person' || seen.hold?.for === 'evidence') return seen;
  if (!isSeen) {
    const sentence = `It cannot be judged, and goes on by itself when it can: ${judgement.sentence}`;
    return seen.errors > plan.errorLimit ? held(seen, { for: 'metrics', sentence }) : seen;
  }
  if (look.ready < weightOf(seen)) return held(seen, waitsForServers(seen));
  const free = { ...seen, hold: null };
  if (judgement.kind === 'inconclusive')
    return time === 'late'
      ? held(free, {
          for: 'evidence',
          sentence: `Still undecided when the time was over. ${judgement.sentence}`,
        })
      : free;
  if (time === 'early') return free;
  return look.frozen === null ? step(free, plan) : held(free, { for: 'freeze', sentence: look.frozen });
}

/** One rung up, where the servers can carry it. */
function step(rollout: OnTrial, plan: RolloutPlan): Rollout {
  const next = rung(plan, rungOf(rollout, plan) + 1);
  if (rollout.ready < weightOf(next)) return held(rollout, waitsForServers(rollout));
  return isOnTrial(next) ? { ...next, ready: rollout.ready } : next;
}

const held = (rollout: OnTrial, hold: Hold): OnTrial => ({ ...rollout, hold });

const waitsForServers = ({ ready }: OnTrial): Hold => ({
  for: 'servers',
  sentence: `Only ${Math.floor(100 * ready)} % of the servers have the challenger loaded.`,
});

/** The phases of a plan in their order; after the last the challenger is champion. */
function rung({ shadow, canary, bake }: RolloutPlan, index: number): OnTrial | { phase: 'champion' } {
  const stages: Stage[] = [
    ...(shadow ? [{ phase: 'shadow' } as const] : []),
    ...canary.map((share, at) => ({ phase: 'canary', step: at, share }) as const),
    ...(bake ? [{ phase: 'bake' } as const] : []),
  ];
  const stage = stages[index];
  return stage === undefined ? { phase: 'champion' } : { ...stage, errors: 0, ready: 1, hold: null };
}

function rungOf(stage: Stage, { shadow, canary }: RolloutPlan): number {
  const before = shadow ? 1 : 0;
  switch (stage.phase) {
    case 'shadow':
      return 0;
    case 'canary':
      return before + stage.step;
    case 'bake':
      return before + canary.length;
    default:
      return stage satisfies never;
  }
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** Where a challenger is, as a reader says it of `version`. */
export function sayStage(version: string, stage: Stage): string {
  switch (stage.phase) {
    case 'shadow':
      return `${version} is in the shadow: it is asked what the champion is asked, and its answers are dropped.`;
    case 'canary':
      return `${version} answers ${percent(stage.share)} of the requests.`;
    case 'bake':
      return `${version} answers all requests, and the champion stands by.`;
    default:
      return stage satisfies never;
  }
}
