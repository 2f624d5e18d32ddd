import { parseConfig } from '../../domain/config.ts';
import { category, number } from '../../domain/input.ts';
import type { Run } from '../../domain/run.ts';
import { classification } from '../../domain/task.ts';
import type { Version } from '../../domain/version.ts';
import type { LiveFigures, ModelView, RunView } from '../../console/model-view.ts';

/** Made-up views for the tests of sentences and pages. It is Tuesday 24 November 2026, 08:20 UTC. */
export const now = Date.parse('2026-11-24T08:20:00.000Z');
export const clock = { now, zone: 'UTC' };
export const ago = (ms: number): string => new Date(now - ms).toISOString();
export const hour = 3_600_000;
export const day = 24 * hour;

export const electricity = parseConfig({
  models: [
    {
      name: 'electricity',
      task: classification({ labels: ['UP', 'DOWN'] }),
      input: {
        nswprice: number(),
        nswdemand: number(),
        vicprice: number(),
        vicdemand: number(),
        transfer: number(),
        day: category(['1', '2', '3', '4', '5', '6', '7']),
      },
      watch: [
        { kind: 'quality', metric: 'accuracy', atLeast: 0.8 },
        { kind: 'drift', psiAtLeast: 0.25 },
      ],
      retrain: { schedule: '0 3 * * 1' },
      approval: { required: true },
    },
  ],
}).models[0]!;

export const version = (number: number, change: Partial<Version> = {}): Version => ({
  model: 'electricity',
  version: `v${number}`,
  number,
  digest: `sha256:${String(number).repeat(64).slice(0, 64)}`,
  role: 'champion',
  parent: number > 1 ? `v${number - 1}` : null,
  runId: `run-${number}`,
  snapshotId: null,
  createdAt: ago(12 * day),
  promotedAt: ago(12 * day),
  accuracyOnTest: 0.861,
  referenceErrorRate: 0.14,
  trainSeconds: 48,
  ...change,
});

export const run = (change: Partial<RunView> = {}): RunView => ({
  id: 'run-41',
  model: 'electricity',
  trigger: {
    kind: 'regret',
    firedAt: ago(6 * day),
    reason: 'Champion v12 has made 53 errors more than its reference promised.',
  },
  phase: 'triage',
  configDigest: 'c',
  startedAt: ago(6 * day),
  endedAt: null,
  snapshotId: null,
  version: null,
  verdict: null,
  outcome: null,
  promotedAt: null,
  trainSeconds: null,
  progress: null,
  story: [],
  triage: null,
  waitsSince: null,
  asked: null,
  decision: null,
  ...change,
});

export const figures = (change: Partial<LiveFigures> = {}): LiveFigures & { state: 'answers' } => ({
  state: 'answers',
  windowMs: day,
  inputWindowMs: day,
  accuracy: 0.858,
  labelledInWindow: 1_022,
  estimated: null,
  regret: 3.24,
  price: 50,
  predictions: 16_528,
  predictionsPerSecond: 0.021,
  drift: [],
  coverage: [],
  slices: [],
  ...change,
});

export const view = (change: Partial<ModelView> = {}): ModelView => ({
  name: 'electricity',
  at: new Date(now).toISOString(),
  task: { kind: 'classification', labels: ['UP', 'DOWN'], tolerance: null },
  features: 6,
  retrain: electricity.retrain,
  approval: electricity.approval,
  rollout: electricity.rollout,
  paused: false,
  budget: null,
  spend: { minutes: 0, cost: null },
  alarmBudget: null,
  objective: { metric: 'accuracy', atLeast: 0.8, windowMs: day },
  champion: version(12),
  takeovers: [],
  challenger: null,
  labelled: 15_204,
  live: figures(),
  health: { word: 'steady', since: null, because: [] },
  alerts: [],
  runs: [],
  versions: [version(12)],
  ...change,
});

export const phases: readonly Run['phase'][] = [
  'triage',
  'waiting-for-labels',
  'snapshot',
  'fine-tuning',
  'evaluating',
  'holding',
  'servability',
  'waiting-for-approval',
  'rollout',
  'ended',
];
