import { expect, test } from 'vitest';
import { readEvidence } from '../../../activities/rollout-evidence.ts';
import type { MetricsReader, Sample } from '../../../domain/ports.ts';
import type { Stage } from '../../../domain/rollout.ts';

const nowMs = 10_000_000_000;
const minute = 60_000;

/** A Prometheus that answers by what a query asks for, and remembers the queries. */
function asked(answers: Partial<Record<'age' | 'ready', Sample[]>> = {}) {
  const queries: string[] = [];
  const one = (value: number): Sample[] => [{ labels: {}, value }];
  const reader: Pick<MetricsReader, 'query'> = {
    async query(promql) {
      queries.push(promql);
      if (promql.startsWith('time()')) return answers.age ?? one(3);
      if (promql.includes('version_loaded')) return answers.ready ?? one(0.5);
      if (promql.includes('by (code)'))
        return [
          { labels: { code: '200' }, value: 95.4 },
          { labels: { code: '503' }, value: 2.2 },
          { labels: { code: '400' }, value: 1.1 },
        ];
      if (promql.includes('by (le)'))
        return [
          { labels: { le: '+Inf' }, value: 99 },
          { labels: { le: '0.1' }, value: 90 },
        ];
      if (promql.includes('resets(')) return one(3);
      return one(promql.includes('invalid') ? 2 : promql.includes('trial_units') ? 41 : 97);
    },
  };
  const look = (stage: Stage, isSticky = false) =>
    readEvidence(reader as MetricsReader, {
      namespace: 'default',
      model: 'm',
      version: 'v2',
      champion: 'v1',
      stage,
      isSticky,
      sinceMs: nowMs - 10 * minute,
      begunMs: nowMs - 90 * minute,
      nowMs,
      staleAfterMs: 90_000,
    });
  return { queries, look };
}

test('in a canary the challenger is held against the sample of the champion that is as large', async () => {
  const { queries, look } = asked();
  expect(await look({ phase: 'canary', step: 0, share: 0.1 })).toMatchObject({
    arms: {
      challenger: {
        requests: 99,
        errors: 2,
        answers: 99,
        invalid: 2,
        buckets: [
          [0.1, 90],
          [Infinity, 99],
        ],
      },
    },
    ready: 0.5,
  });
  const counts = queries.filter((query) => query.includes('by (code)'));
  expect(counts).toEqual([
    'sum by (code) (increase(driftloop_requests_total{namespace="default",model="m",version="v2",arm=~"challenger"}[600s]))',
    'sum by (code) (increase(driftloop_requests_total{namespace="default",model="m",version="v1",arm=~"baseline"}[600s]))',
  ]);
});

test('samples are split by request, or by entity with how many have counted them; beyond a half there are none', async () => {
  const canary = (share: number) => ({ phase: 'canary', step: 0, share }) as const;
  const { queries, look } = asked();
  expect(await look(canary(0.5))).toMatchObject({ split: { challenger: 99, baseline: 99, expected: 0.5 } });
  expect(queries.join('\n')).not.toContain('trial_units');
  expect(await look(canary(0.5), true)).toMatchObject({
    split: { challenger: 41, baseline: 41, expected: 0.5, of: 'entities', repeats: 3 },
  });
  const ours =
    'driftloop_trial_units_total{namespace="default",model="m",version="v2",arm=~"challenger"}[600s]';
  expect(queries).toContain(`sum(increase(${ours}))`);
  expect(queries).toContain(`count(resets(${ours})) + sum(resets(${ours}))`);
  expect(await look(canary(0.75), true)).toMatchObject({ split: null });
  expect(await look({ phase: 'bake' }, true)).toMatchObject({ split: null });
});

test('in the shadow copies are held against what the champion answers; in the bake its past stands for it', async () => {
  const shadow = asked();
  await shadow.look({ phase: 'shadow' });
  expect(shadow.queries.join('\n')).toContain('version="v2",arm=~"shadow"}[600s]');
  expect(shadow.queries.join('\n')).toContain('version="v1",arm=~"champion"}[600s]');
  const bake = asked();
  await bake.look({ phase: 'bake' });
  expect(bake.queries.join('\n')).toContain('version="v1",arm=~"champion|baseline"}[4800s] offset 600s');
});

test.each([
  ['no series', { age: [] }, 'no series of requests to v2'],
  ['old ones', { age: [{ labels: {}, value: 600 }] }, '600 seconds old'],
  ['no servers', { ready: [] }, 'No server says'],
] as const)('%s are a blackout, however large the counts are', async (_, answers, says) => {
  const { look } = asked(answers as never);
  expect(await look({ phase: 'bake' })).toEqual({ blackout: expect.stringContaining(says) });
});
