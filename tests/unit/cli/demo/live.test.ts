import { createColors } from 'picocolors';
import { expect, test } from 'vitest';
import { draw, drawLine, wrap } from '../../../../cli/demo/live/draw.ts';
import { progressOf, type ProgressFacts } from '../../../../cli/demo/live/progress.ts';
import { accuracyBuckets, sparkline } from '../../../../cli/demo/live/sparkline.ts';
import { happenings, type LoopView } from '../../../../cli/demo/loop-view.ts';
import type { Run } from '../../../../domain/run.ts';

const now = Date.parse('2025-03-01T12:05:00.000Z');
const iso = (secondsAgo: number) => new Date(now - 1000 * secondsAgo).toISOString();

const run: Run = {
  id: 'run-1',
  model: 'returns',
  trigger: { kind: 'regret', firedAt: iso(30), reason: 'Regret is 52 errors; a training is worth 50.' },
  phase: 'fine-tuning',
  configDigest: 'c',
  startedAt: iso(29),
  endedAt: null,
  snapshotId: 's',
  version: null,
  verdict: null,
  outcome: null,
  promotedAt: null,
  trainSeconds: null,
  progress: {
    step: 412,
    steps: 1000,
    epoch: 3,
    trainLoss: 0.4,
    validationLoss: 0.312,
    learningRate: null,
    examplesPerSecond: null,
    memoryMb: null,
    backend: 'tensorflow-cpu',
    resumedAtStep: null,
  },
};
const view: LoopView = {
  route: {
    model: 'returns',
    generation: 3,
    champion: { version: 'v1', digest: 'a' },
    challenger: null,
    updatedAt: iso(200),
  },
  versions: [],
  runs: [run],
  alerts: [
    {
      fingerprint: 'f',
      startsAt: iso(31),
      endsAt: null,
      status: 'firing',
      model: 'returns',
      alertname: 'DriftloopRegret',
      labels: {},
      annotations: { sentence: 'regret is 52 errors, a training is worth 50' },
      receivedAt: iso(30),
    },
  ],
  story: [{ key: 'plan', phase: 'snapshot', sentence: 'Trains on 250 rows.', at: iso(20) }],
  evaluation: null,
};
/** A row every 40 ms up to now; production errs from row 1,300 on, the drift; the first champion errs always. */
const facts: ProgressFacts = {
  nowMs: now,
  startedAtMs: now - 60_000,
  plannedRows: 2_800,
  driftAtRow: 1_300,
  outcomes: Array.from({ length: 1_500 }, (_, index) => ({
    index,
    predictionId: `p${index}`,
    version: 'v1',
    isCorrect: index < 1_400,
    sentAt: now - 40 * (1_500 - index),
    answeredAt: now - 40 * (1_500 - index),
  })),
  frozen: new Map(Array.from({ length: 1_500 }, (_, index) => [index, false])),
  tally: {
    requests: { total: 2_824, failed: 0 },
    sent: 1_500,
    predictions: 1_500,
    feedback: 1_475,
    behindMs: 0,
    worstBehindMs: 0,
    lastFailure: null,
  },
  view,
};

test('progress tells production beside the first champion, over the same newest rows', () => {
  const progress = progressOf(facts);
  expect(progress.window).toEqual({ rows: 200, champion: 0.5, frozen: 0 });
  expect(progress.rowsSinceDrift).toBe(199);
  expect(progress.eventsPerSecond).toBe(50);
  expect(progress.run).toMatchObject({ phase: 'fine-tuning', step: 412, steps: 1000, loss: 0.312 });
});

test.each<[string, Partial<ProgressFacts>]>([
  ['steady', { driftAtRow: null, view: { ...view, runs: [], alerts: [] } }],
  ['steady', { driftAtRow: null, view: null }],
  ['drifting', { view: { ...view, runs: [], alerts: [] } }],
  ['drifting', { driftAtRow: null, view: { ...view, runs: [] } }],
  ['retraining', {}],
  ['rolling out', { view: { ...view, runs: [{ ...run, phase: 'rollout' }] } }],
  ['recovered', { view: { ...view, alerts: [], runs: [{ ...run, phase: 'ended', promotedAt: iso(1) }] } }],
])('the phase is %s', (phase, change) => {
  expect(progressOf({ ...facts, ...change }).phase).toBe(phase);
});

test('the picture names the phase, both accuracies, the alert and the step, and keeps to its width', () => {
  const curves = { champion: [0.95, 0.5, null], frozen: [0.95, 0.4, null] };
  const scene = { title: 'simulated returns, seed 1', alpha: 0.05, width: 84 };
  const lines = draw(progressOf(facts), curves, scene, createColors(false));
  const text = lines.join('\n');
  expect(text).toContain('retraining');
  expect(text).toContain('.500');
  expect(text).toContain('DriftloopRegret since');
  expect(text).toContain('step 412 of 1,000, loss .312 on tensorflow-cpu');
  expect(text).toContain('2,824 requests, 0 failed');
  expect(Math.max(...lines.map((l) => l.length))).toBeLessThanOrEqual(84);
  expect(drawLine(progressOf(facts))).toContain('row 1,500 of 2,800, production .500, left alone .000');
  expect(drawLine(progressOf(facts))).toMatch(/ events\/s, 1 alert(,|$)/);
});

test('the gate is told with its bound and what is missing', () => {
  const evaluation = {
    look: 2,
    rows: 64,
    challenger: 'v2',
    champion: 'v1',
    testDigest: 'd',
    report: { eValue: 12.4 },
    verdict: { kind: 'hold', labelsNeeded: 12, sentence: 'Held.' },
  } as const;
  const holding = { ...facts, view: { ...view, runs: [{ ...run, phase: 'holding' as const }], evaluation } };
  const scene = { title: 't', alpha: 0.05, width: 100 };
  const text = draw(progressOf(holding), { champion: [], frozen: [] }, scene, createColors(false)).join('\n');
  expect(text).toContain(
    '64 rows that neither has seen, e-value 12 of 20, about 12 more labels would settle it',
  );
});

test('what happened is told once each: a run and its story that say the same have the same id', () => {
  const story = [
    { key: 'triage', phase: 'triage', sentence: run.trigger.reason, at: iso(28) } as const,
    ...view.story,
  ];
  const told = happenings({ ...view, story });
  const byId = new Map(told.toReversed().map((h) => [h.id, `${h.kind}: ${h.sentence}`]));
  expect([...byId.values()].toReversed()).toEqual([
    'alert: DriftloopRegret: regret is 52 errors, a training is worth 50',
    'run: Regret is 52 errors; a training is worth 50.',
    'run: Trains on 250 rows.',
  ]);
  expect(told.map((h) => h.at)).toEqual(told.map((h) => h.at).sort());
});

test('a long sentence is broken between words', () => {
  expect(wrap('v2 answers all traffic.', 10)).toEqual(['v2 answers', 'all', 'traffic.']);
});

test('a suspicion that has become a detection is shown once', () => {
  const [alert] = view.alerts;
  const suspected = { ...alert!, fingerprint: 'g', labels: { level: 'suspected' } };
  const detected = { ...alert!, labels: { level: 'detected' } };
  const progress = (alerts: LoopView['alerts']) => progressOf({ ...facts, view: { ...view, alerts } });
  expect(progress([suspected, detected]).alerts).toHaveLength(1);
  expect(progress([suspected]).alerts).toHaveLength(1);
});

test('a curve has a bucket for each stretch and a dot where nothing is known', () => {
  const rows = [0, 1, 2, 3, 4].map((at) => ({ at, isCorrect: at !== 3 }));
  const buckets = accuracyBuckets(rows, { total: 8, buckets: 4 });
  expect(buckets).toEqual([1, 0.5, 1, null]);
  expect(sparkline(buckets)).toBe('█▂█·');
});
