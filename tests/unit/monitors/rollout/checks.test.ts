import { expect, test } from 'vitest';
import { rolloutSchema } from '../../../../domain/rollout-config.ts';
import { conclude } from '../../../../monitors/rollout/conclude.ts';
import type { Check } from '../../../../domain/rollout.ts';
import { alphasOf, judgeArms } from '../../../../monitors/rollout/judge-arms.ts';
import { judgeMetric, queryOf } from '../../../../monitors/rollout/judge-metric.ts';
import { judgeQuality } from '../../../../monitors/rollout/judge-quality.ts';
import { judgeSampleRatio } from '../../../../monitors/rollout/sample-ratio.ts';
import { slowBeyond, slowOf } from '../../../../monitors/rollout/slow-requests.ts';

const check = (kind: Check['kind'], sentence: string = kind): Check => ({ check: 'one', kind, sentence });

test('harm weighs most, then what is unknown; success is unanimous; a dry run decides nothing', () => {
  expect(conclude([check('error'), check('failed'), check('successful')]).kind).toBe('failed');
  expect(conclude([check('inconclusive'), check('error')]).kind).toBe('error');
  expect(conclude([check('successful'), check('inconclusive', 'wait')])).toEqual({
    kind: 'inconclusive',
    sentence: 'wait',
  });
  expect(conclude([check('successful'), { ...check('failed'), dryRun: true }]).kind).toBe('successful');
  expect(conclude([{ ...check('successful'), dryRun: true }]).kind).toBe('inconclusive');
  expect(conclude([]).kind).toBe('inconclusive');
});

test.each([
  [5_000, 5_000, 0.5, 'successful'],
  [5_300, 4_700, 0.5, 'error'],
  // A 90/10 split: χ² of 11.1 is p = .0009 at one look, and no alarm where one looks for ever.
  [9_100, 900, 0.9, 'successful'],
  [9_300, 700, 0.9, 'error'],
  [0, 0, 0.5, 'inconclusive'],
])('samples of %i and %i where the share is to be %d: %s', (challenger, baseline, expected, kind) => {
  expect(judgeSampleRatio({ challenger, baseline, expected }).kind).toBe(kind);
});

test('entities that each of several servers may have counted are so much less evidence', () => {
  const split = { challenger: 5_300, baseline: 4_700, expected: 0.5, of: 'entities' } as const;
  expect(judgeSampleRatio(split)).toMatchObject({
    kind: 'error',
    sentence: expect.stringContaining('53.0 % of 10,000 entities of both samples'),
  });
  expect(judgeSampleRatio({ ...split, repeats: 4 }).kind).toBe('successful');
  expect(judgeSampleRatio({ ...split, challenger: 6_000, repeats: 4 }).kind).toBe('error');
});

const buckets = (...upTo: number[]) =>
  [0.01, 0.1, 1, Infinity].map((seconds, i) => [seconds, upTo[i]!] as const);

test('slow is beyond a bucket of so many times the 99th percentile of the champion', () => {
  expect(slowBeyond(buckets(995, 1_000, 1_000, 1_000), 1.5)).toBe(0.1);
  expect(slowBeyond(buckets(900, 995, 1_000, 1_000), 1.5)).toBe(1);
  expect(slowBeyond(buckets(0, 0, 0, 1_000), 1.5)).toBe(1);
  expect(slowBeyond(buckets(0, 0, 0, 0), 1.5)).toBeNull();
  expect(slowOf(buckets(10, 90, 95, 100), 0.1)).toEqual({ events: 10, trials: 100 });
});

test.each([
  ['worse by ten points', { wins: 20, losses: 120, ties: 860 }, 'failed'],
  ['the same', { wins: 30, losses: 30, ties: 940 }, 'successful'],
  ['better', { wins: 90, losses: 20, ties: 890 }, 'successful'],
  ['too few labels', { wins: 1, losses: 0, ties: 40 }, 'inconclusive'],
] as const)('quality that is %s', (_, pairs, kind) => {
  expect(judgeQuality(pairs, { alpha: 0.0125, minLabels: 100, margin: 0.02 }).kind).toBe(kind);
});

test('quality says how many labels are missing', () => {
  const rules = { alpha: 0.0125, minLabels: 100, margin: 0.02, within: 0.03 };
  expect(judgeQuality({ wins: 0, losses: 1, ties: 40 }, rules).sentence).toContain(
    '59 more labels are missing',
  );
  expect(judgeQuality({ wins: 15, losses: 15, ties: 120 }, rules).sentence).toContain(
    'about 2,854 more labels are missing',
  );
});

const metric = (change: object = {}) =>
  rolloutSchema.parse({
    metrics: [
      {
        name: 'refunds',
        query: 'x{version="{{version}}"}[{{ window }}]',
        success: '< 0.05',
        failure: '> 0.1',
        ...change,
      },
    ],
  }).metrics[0]!;

test.each([
  [[0.01, 0.02], 'successful'],
  [[0.01, 0.2], 'failed'],
  [[0.01, 0.07], 'inconclusive'],
  [[], 'inconclusive'],
  [[0.01, Number.NaN], 'inconclusive'],
] as const)('a metric of %j is %s', (values, kind) => {
  expect(judgeMetric(values, metric()).kind).toBe(kind);
});

test('a metric knows whom it is asked of', () => {
  const values = { namespace: 'n', model: 'm', version: 'v2', champion: 'v1', window: '60s' };
  expect(queryOf(metric(), values)).toBe('x{version="v2"}[60s]');
});

test('an arm that answers nonsense quickly and without an error is withdrawn for it', () => {
  const healthy = {
    requests: 1_000,
    errors: 0,
    answers: 1_000,
    invalid: 0,
    buckets: buckets(990, 1_000, 1_000, 1_000),
  };
  const rollout = rolloutSchema.parse({ minSamples: 500 });
  const judge = (change: object, split: object = {}) =>
    conclude(
      judgeArms(
        { challenger: { ...healthy, ...change }, champion: healthy },
        { split: { challenger: 1_000, baseline: 1_000, expected: 0.5, ...split }, before: [] },
        rollout,
        alphasOf(rollout, 3).guardrail,
      ),
    );
  expect(judge({}).kind).toBe('successful');
  expect(judge({ invalid: 40 })).toMatchObject({
    kind: 'failed',
    sentence: expect.stringContaining('40 invalid'),
  });
  expect(judge({ buckets: buckets(800, 850, 1_000, 1_000) })).toMatchObject({
    kind: 'failed',
    sentence: expect.stringContaining('150 answers slower than 100 ms'),
  });
  expect(judge({}, { challenger: 1_600 })).toMatchObject({
    kind: 'error',
    sentence: expect.stringContaining('not as they were drawn'),
  });
});
