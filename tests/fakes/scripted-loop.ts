import type { ControlActivities, TrainingActivities } from '../../activities/control-activities.ts';
import { oneApproval } from './one-approval.ts';
import type { StepSeen } from '../../activities/judge-step.ts';
import type { RunSettings } from '../../activities/run-story.ts';
import type { RunTriage } from '../../activities/triage.ts';
import type { WatchAnswer } from '../../activities/watch-for-trigger.ts';
import type { Approval, Decision } from '../../domain/approval.ts';
import type { AlertRow, RunEvent } from '../../domain/ports.ts';
import type { Judgement, RolloutPlan } from '../../domain/rollout.ts';
import type { RunOutcome, Trigger } from '../../domain/run.ts';
import type { Diagnosis, Treatment } from '../../domain/triage.ts';

type Activities = ControlActivities & TrainingActivities;
type Name = keyof Activities;

/** What one scripted run has written, and the calls that were made, in order. */
export type Scripted = {
  activities: Activities;
  calls: { name: Name; input: unknown }[];
  /** Inputs of the calls of one activity. */
  inputsOf<N extends Name>(name: N): Parameters<Activities[N]>[0][];
  story: (RunEvent & { runId: string })[];
  sentences(): string[];
  phases(): string[];
  outcomes: Map<string, RunOutcome>;
  decisions: { kind: string; by: string; reason: string }[];
  /** How the question stands; a test changes what the store would. */
  approval: { -readonly [K in keyof Approval]: Approval[K] } & { decisions: Decision[] };
};

export const settings = (change: Partial<RunSettings> = {}): RunSettings => ({
  configDigest: 'config-1',
  mode: 'auto',
  holdAtMostMs: 7 * 24 * 3_600_000,
  approval: { required: false, timeoutMs: 24 * 3_600_000, onTimeout: 'reject', notifies: false },
  rollout: {
    plan: { shadow: false, canary: [0.1], bake: false, errorLimit: 1 },
    times: {
      shadowMs: 600_000,
      stepMs: 600_000,
      bakeMs: 3_600_000,
      everyMs: 60_000,
      inconclusiveAtMostMs: 3_600_000,
    },
  },
  handover: null,
  ...change,
});

export const regretTrigger: Trigger = {
  kind: 'regret',
  firedAt: '2026-01-05T10:00:00.000Z',
  reason: 'v1 made 61 errors more than it promised; a training is worth 50.',
};

export const alertRow = (n = 0): AlertRow => ({
  fingerprint: `f${n}`,
  startsAt: new Date(Date.UTC(2026, 0, 5, 10, 0, n)).toISOString(),
  endsAt: null,
  status: 'firing',
  model: 'meter',
  alertname: 'DriftloopRegret',
  labels: { model: 'meter', kind: 'regret', level: 'detected' },
  annotations: { sentence: 'the champion got worse' },
});

/**
 * Activities that follow a script instead of doing anything, so that a story can be told in skipped time. They say
 * what a run with a good challenger would hear; `script` replaces single ones.
 */
export function scriptedLoop(script: Partial<Activities> = {}): Scripted {
  const calls: Scripted['calls'] = [];
  const story: Scripted['story'] = [];
  const keys = new Set<string>();
  const outcomes: Scripted['outcomes'] = new Map();
  const decisions: Scripted['decisions'] = [];
  const approval: Scripted['approval'] = oneApproval({
    artifact: 'digest-2',
    report: 'report-1',
    test: 'test-1',
    policy: 'policy-1',
  });
  let labelled = 1_000;
  let generation = 1;
  const quiet: WatchAnswer = { kind: 'quiet', lookAgainInMs: 60_000 };

  const good: Activities = {
    watchForTrigger: async () => quiet,
    savePaused: async () => {},
    readPaused: async () => null,
    tryRegistered: async ({ version }) => ({
      version,
      digest: `digest-${version}`,
      champion: 'v1',
      trial: { cutSeq: 1_000, onsetSeq: 1_001, isChosenByErrors: false, gate: 'strict' },
    }),
    beginRun: async () => settings(),
    async tell({ runId, event }) {
      const key = `${runId} ${event.key}`;
      if (!keys.has(key)) story.push({ runId, ...event });
      keys.add(key);
    },
    async recordDecision({ kind, by, roles, reason }) {
      decisions.push({ kind, by, reason });
      const { boundTo } = approval;
      approval.decisions.push({ kind, by, roles, reason, at: '2026-01-05T10:00:00.000Z', boundTo });
      return structuredClone(approval);
    },
    readApproval: async () => structuredClone(approval),
    recordForced: async ({ by, reason }) => ({ kind: 'promote', by: 'forced', sentence: `${by}: ${reason}` }),
    postNotice: async () => {},
    endRun: async ({ runId, outcome }) => void outcomes.set(runId, outcome),
    triage: async () => diagnosed('conceptDrift', 'fine-tune'),
    planRun: async () => ({
      kind: 'train',
      champion: 'v1',
      fromSeq: 751,
      cutSeq: 1_000,
      onsetSeq: 751,
      isChosenByErrors: true,
      isRefit: false,
      gate: 'patient',
      sentence: 'Trains on 250 rows.',
    }),
    recallEarlierVersion: async () => null,
    adoptEarlierVersion: async () => {},
    async awaitLabels({ untilSeq }) {
      labelled = Math.max(labelled, untilSeq);
      return { labelled, isEnough: true, lookAgainInMs: 0 };
    },
    cutSnapshot: async () => ({
      id: 'snapshot-1',
      cutSeq: 1_000,
      rows: { train: 212, validation: 38, rehearsal: 0, golden: 0 },
      rehearsalShare: 0,
      sentence: 'Learns from 212 rows.',
      apart: { left: { golden: 0, heldOut: 0 }, share: 0, byChance: 0 },
    }),
    fineTune: async () => ({
      digest: 'digest-2',
      parent: 'v1',
      report: {
        seconds: 3,
        steps: 1_000,
        epochs: 60,
        bestEpoch: 40,
        validationLoss: 0.3,
        backend: 'tensorflow-cpu',
        resumedAtStep: null,
        notes: [],
        peakMemoryMb: 120,
      },
    }),
    async registerChallenger() {
      // The next question is another one.
      approval.decisions = [];
      return { version: 'v2', digest: 'digest-2' };
    },
    dismissChallenger: async () => {},
    evaluateChallenger: async ({ cutSeq }) => ({
      verdict: { kind: 'promote', by: 'evidence', sentence: 'The challenger is better.' },
      rows: labelled - cutSeq,
      nextLookAtSeq: labelled + 25,
    }),
    checkServability: async () => ({
      isServable: true,
      sentence: 'v2 loads in a fresh process.',
      p99Ms: 1,
      memoryMb: 80,
    }),
    setShare: async () => (generation += 1),
    judgeStep: async () => seen({ kind: 'successful', sentence: 'All well.' }),
    scoreArrivals: async ({ before }) =>
      before ?? { seq: 1_000, pairs: { wins: 0, losses: 0, ties: 0 }, delayMs: null },
    recordSteering: async () => {},
    drillRollback: async () => ({ isOpen: true, target: 'v0', seconds: 2 }),
    awaitServers: async () => true,
    promoteChallenger: async () => (generation += 1),
    notePromoted: async () => {},
    deliverVersion: async () => {},
    awaitProduction: async () => ({ isAnswering: true, sentence: 'v2 answered all' }),
  };
  const recorded = Object.fromEntries(
    (Object.keys(good) as Name[]).map((name) => [
      name,
      async (input: never) => {
        calls.push({ name, input });
        return await (script[name] ?? good[name])(input);
      },
    ]),
  ) as unknown as Activities;
  return {
    activities: recorded,
    calls,
    inputsOf: <N extends Name>(name: N) =>
      calls.filter((call) => call.name === name).map((call) => call.input as Parameters<Activities[N]>[0]),
    story,
    sentences: () => story.map(({ sentence }) => sentence),
    phases: () => story.map(({ phase }) => phase).filter((phase, i, all) => phase !== all[i - 1]),
    outcomes,
    decisions,
    approval,
  };
}

/** A rollout whose every phase lasts so long. */
export const rolloutOf = (stepMs: number, plan: Partial<RolloutPlan> = {}): RunSettings['rollout'] => ({
  plan: { ...settings().rollout.plan, ...plan },
  times: {
    shadowMs: stepMs,
    stepMs,
    bakeMs: stepMs,
    everyMs: Math.max(50, stepMs / 10),
    inconclusiveAtMostMs: 60_000,
  },
});

/** What a look at a rollout has seen. */
export const seen = (judgement: Judgement, change: Partial<StepSeen> = {}): StepSeen => ({
  judgement,
  checks: [],
  ready: 1,
  frozen: null,
  ...change,
});

/** What triage may say. */
export const diagnosed = (diagnosis: Diagnosis, treatment: Treatment): RunTriage => ({
  diagnosis,
  treatment,
  overriddenBy: null,
  evidence: [{ about: 'performance', says: 'The champion errs more often.' }],
  sentence: `Triage says ${diagnosis}.`,
  recalled: null,
});

/** A gate that holds at its first look, and labels that end before its second. */
export const holdingGate = (sentence: string) =>
  ({
    evaluateChallenger: async ({ cutSeq }) => ({
      verdict: { kind: 'hold', labelsNeeded: 900, sentence },
      rows: 25,
      nextLookAtSeq: cutSeq + 900,
    }),
    awaitLabels: async ({ untilSeq }) => ({
      labelled: untilSeq,
      isEnough: untilSeq < 1_800,
      lookAgainInMs: 3_600_000,
    }),
  }) satisfies Partial<Activities>;
