import { expect, test } from 'vitest';
import { summarise, type SummaryFacts } from '../../../../cli/demo/summary.ts';
import type { Outcome } from '../../../../cli/demo/player.ts';
import type { Run } from '../../../../domain/run.ts';
import type { Version } from '../../../../domain/version.ts';

const start = Date.parse('2025-03-01T12:00:00.000Z');
const at = (second: number) => new Date(start + 1000 * second).toISOString();

/** A row a second from row 100 on: right 9 times of 10, from row 140 on every second time, from row 170 on always. */
const outcomes: Outcome[] = Array.from({ length: 100 }, (_, i) => ({
  index: 100 + i,
  predictionId: `p${i}`,
  version: i < 70 ? 'v1' : 'v2',
  isCorrect: i < 40 ? i % 10 !== 0 : i < 70 ? i % 2 === 0 : true,
  sentAt: start + 1000 * i,
  answeredAt: start + 1000 * i + 5,
}));

const run: Run = {
  id: 'run-1',
  model: 'm',
  trigger: { kind: 'regret', firedAt: at(45), reason: 'regret reached the price' },
  phase: 'ended',
  configDigest: 'c',
  startedAt: at(46),
  endedAt: at(71),
  snapshotId: 's',
  version: 'v2',
  verdict: { kind: 'promote', by: 'evidence', sentence: 'Promoted: better.' },
  outcome: { kind: 'promoted', version: 'v2', sentence: 'v2 answers all traffic.' },
  promotedAt: at(70),
  trainSeconds: 4.5,
  progress: null,
};
const version = (name: string, role: Version['role'], accuracyOnTest: number | null): Version => ({
  model: 'm',
  version: name,
  number: Number(name.slice(1)),
  digest: name,
  role,
  parent: null,
  runId: null,
  snapshotId: null,
  createdAt: at(0),
  promotedAt: at(0),
  accuracyOnTest,
  referenceErrorRate: null,
  trainSeconds: null,
});

const facts: SummaryFacts = {
  model: 'm',
  stream: 'simulated m',
  seed: 1,
  outcomes,
  frozen: new Map(outcomes.map((o) => [o.index, o.index % 4 === 0])),
  driftAtRow: 140,
  firstAlertAt: at(45),
  runs: [run],
  versions: [version('v1', 'retired', null), version('v2', 'champion', 0.9)],
  tally: {
    requests: { total: 60, failed: 0 },
    sent: 100,
    predictions: 100,
    feedback: 100,
    behindMs: 0,
    worstBehindMs: 0,
    lastFailure: null,
  },
  events: { stored: 200, duplicates: 0, deadLettered: 0 },
  addresses: { console: 'http://127.0.0.1:1' },
  endedEarly: null,
};

test('accuracy is told before the drift, until the promotion, after it, and of the first champion left alone', () => {
  const summary = summarise(facts);
  expect(summary.accuracy).toEqual({ before: 0.9, during: 0.5, after: 1, frozen: 7 / 30 });
  expect(summary).toMatchObject({
    closed: true,
    driftStartedAt: at(40),
    runs: [
      {
        trigger: 'regret',
        alertFiredAt: at(45),
        startedAt: at(46),
        verdict: 'promote',
        promotedAt: at(70),
        version: 'v2',
        trainSeconds: 4.5,
      },
    ],
    events: { predictions: 100, feedback: 100, stored: 200, duplicates: 0, deadLettered: 0 },
    requests: { total: 60, failed: 0 },
    versions: [
      { version: 'v1', role: 'retired', accuracyOnTest: null },
      { version: 'v2', role: 'champion', accuracyOnTest: 0.9 },
    ],
  });
});

test('where the truth is not known, the first alert divides before from during', () => {
  const summary = summarise({ ...facts, driftAtRow: null });
  expect(summary.driftStartedAt).toBeNull();
  expect(summary.accuracy.before).toBeCloseTo((36 + 3) / 45, 10);
  expect(summary.closed).toBe(true);
});

test('where the truth is not known, harder rows after the promotion do not undo a verdict; they are told', () => {
  const harder = outcomes.map((o) => ({ ...o, isCorrect: o.index < 170 || o.index % 3 === 0 }));
  const summary = summarise({ ...facts, driftAtRow: null, outcomes: harder });
  expect(summary.closed).toBe(true);
  expect(summary.reason).toMatch(/1\.000 until the promotion, \.333 after it/);
});

test('a growth refit has no alert of its own', () => {
  const refit: Run = {
    ...run,
    id: 'run-2',
    startedAt: at(80),
    trigger: { ...run.trigger, refit: { onsetSeq: 41 } },
  };
  const [, second] = summarise({ ...facts, runs: [refit, run] }).runs;
  expect(second).toMatchObject({ startedAt: at(80), isRefit: true, alertFiredAt: null });
});

test.each<[string, Partial<SummaryFacts>, RegExp]>([
  ['no promotion', { runs: [] }, /No version was promoted after the change\. No run began/],
  [
    'a promotion before the drift only',
    { runs: [{ ...run, promotedAt: at(30) }] },
    /No version was promoted/,
  ],
  ['a promotion without a verdict', { runs: [{ ...run, verdict: null }] }, /not by a verdict/],
  [
    'a lost event',
    { events: { ...facts.events, stored: 199 } },
    /200 messages were accepted, and 199 stored/,
  ],
  ['a duplicate', { events: { ...facts.events, duplicates: 1 } }, /1 duplicates/],
  ['a dead letter', { events: { ...facts.events, stored: 199, deadLettered: 1 } }, /1 dead letters/],
  [
    'a failed request',
    { tally: { ...facts.tally, requests: { total: 60, failed: 2 }, lastFailure: 'answered 503' } },
    /2 of 60 requests failed; the last one: answered 503/,
  ],
  [
    'no recovery',
    { outcomes: outcomes.map((o) => ({ ...o, isCorrect: o.index < 140 })) },
    /did not recover: \.000 before the promotion, \.000 after it/,
  ],
  [
    'a timeout before the promotion',
    { runs: [], endedEarly: 'Ended by the timeout of 9 s.' },
    /timeout of 9 s/,
  ],
  ['a drift that never came', { driftAtRow: 500 }, /before anything changed/],
])('%s: the loop did not close, and the reason says so', (_, change, reason) => {
  const summary = summarise({ ...facts, ...change });
  expect(summary.closed).toBe(false);
  expect(summary.reason).toMatch(reason);
});
