import { v7 as uuidv7 } from 'uuid';
import { DriftloopError } from '../domain/errors.ts';
import { regretPolicyOf } from '../domain/policy/regret-policy.ts';
import type { Speaker } from '../domain/person.ts';
import type { AlertRow, DeclaredModel, PolicyStanding } from '../domain/ports.ts';
import type { Run, RunPhase, Trigger } from '../domain/run.ts';
import { triageOf } from '../domain/triage.ts';
import { chooseTrigger, type Watched } from '../monitors/choose-trigger.ts';
import { estimateOnset, isClear } from '../monitors/onset.ts';
import { onsetSeqOf } from '../monitors/policy/plan-training.ts';
import { alertsInSight } from './alerts-in-sight.ts';
import { buryRun } from './bury-run.ts';
import { createProductionFollower } from './follow-production.ts';
import { keepWatching, type Pace } from './keep-watching.ts';
import type { Ports } from './ports.ts';
import { say } from './say.ts';

export type WatchQuestion = {
  model: string;
  /** The run that the supervisor believes to be in flight. */
  inFlight: string | null;
  /** Signalled since the last answer. */
  alerts: readonly AlertRow[];
  /** A slot of the schedule that has come since the last answer. */
  scheduledAt: string | null;
};

export type WatchAnswer =
  | { kind: 'trigger'; runId: string; trigger: Trigger }
  /** A run that the supervisor did not know of, from a supervisor before it. */
  | { kind: 'found'; runId: string }
  | { kind: 'run-ended'; runId: string }
  /** A finding newer than the snapshot of a run that is held or waits for a person. */
  | { kind: 'superseded'; runId: string; sentence: string }
  /** Nothing in this stretch; ask again after `lookAgainInMs`. */
  | { kind: 'quiet'; lookAgainInMs: number };

type WatchPorts = Pick<
  Ports,
  | 'models'
  | 'versions'
  | 'routes'
  | 'runs'
  | 'examples'
  | 'snapshots'
  | 'alerts'
  | 'metrics'
  | 'isRunAlive'
  | 'alignSchedule'
  | 'alignDrills'
>;

/** In these phases a run waits for something that a newer finding makes pointless. */
const supersedable: readonly RunPhase[] = ['holding', 'waiting-for-approval'];

/** Runs that led to nothing are not begun again at every beat, whatever the cooldown. */
const REST_BEATS = 10;
const REST_AT_MOST_MS = 3_600_000;

/** An alert that fires is among the newest. */
const NEWEST_ALERTS = 100;

export const newRunId = (): string => `run-${uuidv7()}`;

export const createWatchActivities = (ports: WatchPorts, pace: Pace) => {
  const aligned = new Map<string, string>();
  const followProduction = createProductionFollower(ports);
  /** A schedule that the clock refuses must not keep anybody from looking. */
  const align = async ({ config, digest }: DeclaredModel) => {
    if (aligned.get(config.name) === digest) return;
    try {
      await ports.alignSchedule(config.name, config.retrain.schedule ?? null);
      await ports.alignDrills(config.name, config.rollout.drill?.cron ?? null);
      aligned.set(config.name, digest);
    } catch (error) {
      say({ model: config.name, error }, 'the schedule was not set');
    }
  };
  return {
    /**
     * Looks at Prometheus and Postgres, beat by beat, until there is something to do. Safe to repeat: it only reads,
     * keeps the model's schedules as its config says, and its champion as a production of the team's own says.
     */
    async watchForTrigger(question: WatchQuestion): Promise<WatchAnswer> {
      const found = await keepWatching(pace, async () => {
        const declared = await ports.models.get(question.model);
        await align(declared);
        const runs = await ports.runs.list({ model: question.model, limit: 10 });
        await followProduction(declared, runs[0]);
        return lookAround(ports, pace, declared, question, runs);
      });
      return found ?? { kind: 'quiet', lookAgainInMs: 0 };
    },

    /** Who holds the kill switch, for a supervisor that has just come. Safe to repeat: it only reads. */
    async readPaused({ model }: { model: string }): Promise<string | null> {
      return (await ports.models.get(model)).pausedBy;
    },

    /** Writes the kill switch where every role reads it. Safe to repeat. */
    async savePaused({
      model,
      by,
      said,
    }: {
      model: string;
      by: string | null;
      said?: Speaker;
    }): Promise<void> {
      await ports.models.setPaused(model, by !== null, said?.by ?? by ?? undefined, said?.via);
    },
  };
};

async function lookAround(
  ports: WatchPorts,
  pace: Pace,
  declared: DeclaredModel,
  question: WatchQuestion,
  runs: readonly Run[],
): Promise<WatchAnswer | null> {
  const open = runs.find(({ id, endedAt }) => id === question.inFlight || endedAt === null);
  if (open !== undefined && open.endedAt === null && !(await ports.isRunAlive(question.model, open.id))) {
    await buryRun(ports, open, 'The workflow of this run is gone; it was stopped from outside.');
    return { kind: 'run-ended', runId: open.id };
  }
  if (question.inFlight !== null && open?.endedAt !== null) {
    return { kind: 'run-ended', runId: question.inFlight };
  }
  if (open === undefined || open.endedAt !== null) {
    const choice = await choose(ports, pace, declared, question, runs);
    return choice === null ? null : { kind: 'trigger', runId: newRunId(), trigger: choice };
  }
  if (question.inFlight === null) return { kind: 'found', runId: open.id };
  if (!supersedable.includes(open.phase) || open.snapshotId === null) return null;
  const choice = await choose(ports, pace, declared, { ...question, scheduledAt: null }, runs);
  const sentence = choice === null ? null : await newerThanSnapshot(ports, choice, open.snapshotId, declared);
  return sentence === null ? null : { kind: 'superseded', runId: open.id, sentence };
}

/**
 * Why a finding is news to a run that has cut its snapshot, or null: the alert that began it goes on firing for as long
 * as the champion is bad. News is an alert that began later, or a change that itself came after the cut.
 */
async function newerThanSnapshot(
  { examples, snapshots }: WatchPorts,
  { kind, firedAt, reason, refit }: Trigger,
  snapshotId: string,
  { config }: DeclaredModel,
): Promise<string | null> {
  // A refit is a plan, and more rows are what a run waits for: neither is a finding.
  if (refit !== undefined || kind === 'volume') return null;
  const { cutAt, cutSeq } = await snapshots.get(snapshotId);
  if (Date.parse(firedAt) > Date.parse(cutAt)) return reason;
  const { errors, tookOverAtSeq } = await examples.policyView(config.name);
  const onset = estimateOnset(errors);
  if (onset === null || !isClear(onset, regretPolicyOf(config))) return null;
  return onsetSeqOf(onset, tookOverAtSeq) > cutSeq ? `Things have changed once more. ${reason}` : null;
}

async function choose(
  ports: WatchPorts,
  pace: Pace,
  { config, paused }: DeclaredModel,
  { model, alerts: signalled, scheduledAt }: WatchQuestion,
  runs: readonly Run[],
): Promise<Trigger | null> {
  if (paused || config.retrain.mode === 'off' || isResting(runs, pace)) return null;
  const view = await viewOf(ports, model);
  if (view === null) return null;
  const firing = await ports.metrics.firing(model);
  const rows =
    firing.length + signalled.length === 0 ? [] : await ports.alerts.list({ model, limit: NEWEST_ALERTS });
  const { trigger } = chooseTrigger(
    {
      retrain: config.retrain,
      isPaused: paused,
      hasRunInFlight: false,
      nowMs: Date.now(),
      champion: view.champion.version,
      firing: alertsInSight(firing, rows, signalled),
      scheduledAt,
      watched: firing.length + signalled.length === 0 ? [] : await watchedBy(ports, runs),
      lastStartedAt: runs[0]?.startedAt ?? null,
      ...(config.retrain.budget === undefined ? {} : { trained: await ports.runs.trainingTime(model) }),
      view,
    },
    regretPolicyOf(config),
  );
  return trigger;
}

/** Of the newest runs those that triage ended with "watch". */
async function watchedBy({ runs: store }: Pick<Ports, 'runs'>, runs: readonly Run[]): Promise<Watched[]> {
  const skipped = runs.filter(({ outcome }) => outcome?.kind === 'skipped');
  const watched = await Promise.all(
    skipped.map(async ({ id, trigger: { kind }, startedAt }) =>
      triageOf(await store.story(id))?.treatment === 'watch' ? [{ kind, startedAt }] : [],
    ),
  );
  return watched.flat();
}

/** Null before the first champion: there is nothing to do better than. */
async function viewOf({ examples }: WatchPorts, model: string): Promise<PolicyStanding | null> {
  try {
    return await examples.policyStanding(model);
  } catch (error) {
    if (error instanceof DriftloopError && error.code === 'DL_NO_CHAMPION') return null;
    throw error;
  }
}

function isResting(runs: readonly Run[], { beatMs }: Pace): boolean {
  const fruitful = runs.findIndex(({ outcome }) => outcome?.kind !== 'skipped' && outcome?.kind !== 'failed');
  const fruitless = fruitful === -1 ? runs.length : fruitful;
  const last = runs[0]?.endedAt ?? null;
  if (fruitless === 0 || last === null) return false;
  const restMs = Math.min(REST_AT_MOST_MS, REST_BEATS * beatMs * 2 ** (fruitless - 1));
  return Date.now() < Date.parse(last) + restMs;
}
