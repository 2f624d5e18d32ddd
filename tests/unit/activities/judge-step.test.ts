import { expect, test } from 'vitest';
import { createArrivalActivities } from '../../../activities/score-arrivals.ts';
import type { Arrivals } from '../../../activities/score-arrivals.ts';
import { createJudgeActivities } from '../../../activities/judge-step.ts';
import { parseConfig } from '../../../domain/config.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import type { RolloutLook, Stage } from '../../../domain/rollout.ts';

/** Looks at a healthy rollout, of which a test changes one thing. */

const canary: Stage = { phase: 'canary', step: 0, share: 0.1 };
const kept: RolloutLook[] = [];
const bake: Stage = { phase: 'bake' };
const arrived = (wins: number, losses: number, ties: number, delayMs = 1_000): Arrivals => ({
  seq: 2_000,
  pairs: { wins, losses, ties },
  delayMs,
});

type Wish = {
  stage?: Stage;
  arrivals?: Arrivals | null;
  rollout?: object;
  /** In place of a parsed one. */
  stored?: object;
  answer?: (promql: string) => number[] | null;
};

async function look({ stage = canary, arrivals = null, rollout = {}, answer = () => null, stored }: Wish) {
  const config = parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['a', 'b'] },
        input: { x: { kind: 'number' } },
        rollout: { minSamples: 100, ...rollout },
      },
    ],
  }).models[0]!;
  const healthy = (promql: string): { labels: Record<string, string>; value: number }[] => {
    const said = answer(promql);
    if (said !== null) return said.map((value) => ({ labels: {}, value }));
    if (promql.includes('by (code)')) return [{ labels: { code: '200' }, value: 400 }];
    if (promql.includes('by (le)'))
      return ['0.01', '0.1', '+Inf'].map((le) => ({ labels: { le }, value: 400 }));
    const value =
      promql.startsWith('time()') || promql.includes('loaded') ? 1 : promql.includes('invalid') ? 0 : 400;
    return [{ labels: {}, value }];
  };
  const ports = {
    models: { getPinned: async () => (stored === undefined ? config : { ...config, rollout: stored }) },
    routes: { get: async () => ({ champion: { version: 'v1' } }) },
    metrics: {
      query: async (promql: string) => healthy(promql),
      values: async (promql: string) => healthy(promql).map(({ value }) => value),
    },
    runs: { saveRolloutLook: async (_: string, look: RolloutLook) => void kept.push(look) },
  };
  const { judgeStep } = createJudgeActivities(ports as never, { namespace: 'default' });
  const step = { model: 'm', runId: 'r', configDigest: 'c', version: 'v2', champion: 'v1' };
  const sinceMs = Date.now() - 600_000;
  return await judgeStep({ ...step, stage, arrivals, sinceMs, begunMs: sinceMs });
}

test('what is well in every check is successful, also without labels in a canary', async () => {
  expect(await look({})).toMatchObject({ judgement: { kind: 'successful' }, ready: 1, frozen: null });
});

test('a config that an older release has stored is judged by the defaults of this one', async () => {
  const stored = {
    canary: [0.1],
    step: '10m',
    minRequests: 50,
    errorRateAtMost: 0.01,
    inconclusiveAtMost: '7d',
  };
  expect((await look({ stored })).judgement.kind).toBe('successful');
});

test('quality has to be shown in the bake; in a canary it can only withdraw', async () => {
  const worse = arrived(2, 90, 400);
  expect((await look({ stage: bake })).judgement).toEqual({
    kind: 'inconclusive',
    sentence: expect.stringContaining('100 more labels are missing'),
  });
  expect((await look({ stage: bake, arrivals: arrived(20, 20, 460) })).judgement.kind).toBe('successful');
  expect((await look({ stage: bake, arrivals: worse })).judgement.kind).toBe('failed');
  expect((await look({ arrivals: worse })).judgement.kind).toBe('failed');
});

test('a look is kept with what it saw and with the numbers behind each comparison', async () => {
  const seen = await look({ arrivals: arrived(2, 9, 400) });
  const { at, stage, ...rest } = kept.at(-1)!;
  expect([stage, Date.now() - Date.parse(at) < 60_000]).toEqual([canary, true]);
  expect(rest).toEqual(seen);
  const band = (name: string) => seen.checks.find(({ check }) => check === name)?.band;
  expect(band('errors')).toMatchObject({ challenger: { events: 0, trials: 400 }, missing: 0 });
  // What it alone got wrong, held against what the champion alone got wrong: up is worse.
  expect(band('quality')).toMatchObject({ challenger: { events: 9, trials: 411 }, champion: { events: 2 } });
  for (const { low, high } of [band('errors')!, band('quality')!]) expect(low).toBeLessThan(high);
});

test('what cannot be read is kept as well: it is a judgement', async () => {
  await look({ answer: (promql) => (promql.startsWith('time()') ? [] : null) });
  expect(kept.at(-1)).toMatchObject({ judgement: { kind: 'error' }, checks: [] });
});

test('where labels take longer than a step, its guardrails are judged alone, and it says so', async () => {
  const { judgement, checks } = await look({ arrivals: arrived(2, 90, 400, 3 * 86_400_000) });
  expect(judgement.kind).toBe('successful');
  expect(checks.find(({ check }) => check === 'quality')?.sentence).toContain('longer than a step');
});

test.each([
  ['no value', [], 'inconclusive'],
  ['a good one', [0.01], 'successful'],
  ['a bad one', [0.5], 'failed'],
] as const)("a metric of the team's own with %s", async (_, values, kind) => {
  const metrics = [
    { name: 'refunds', query: 'refunds{v="{{version}}"}', success: '< 0.02', failure: '> 0.05' },
  ];
  const answer = (promql: string) => (promql === 'refunds{v="v2"}' ? [...values] : null);
  expect((await look({ rollout: { metrics }, answer })).judgement.kind).toBe(kind);
  const dry = await look({ rollout: { metrics: [{ ...metrics[0], dryRun: true }] }, answer });
  expect(dry.judgement.kind).toBe('successful');
  expect(dry.checks.at(-1)).toMatchObject({ check: 'refunds', kind, dryRun: true });
});

test('a Prometheus that is away is an error, and a freeze is seen all the same', async () => {
  const answer = () => {
    throw new DriftloopError('DL_PROMETHEUS_UNREACHABLE', 'Prometheus did not answer.', { fix: 'Start it.' });
  };
  const freeze = [{ from: '2020-01-01T00:00:00Z', to: '2999-01-01T00:00:00Z', because: 'audit' }];
  expect(await look({ answer, rollout: { freeze } })).toMatchObject({
    judgement: { kind: 'error', sentence: 'Prometheus did not answer.' },
    frozen: expect.stringContaining('audit'),
  });
});

test('labels are scored from where the last call ended, by both versions, and counted in pairs', async () => {
  const rows = ['a', 'b', 'a'].map((label, i) => ({ seq: 11 + i, label, input: {} }));
  const asked: object[] = [];
  const ports = {
    models: { getPinned: async () => ({ task: { kind: 'classification', labels: ['a', 'b'] } }) },
    versions: { get: async (_: string, version: string) => ({ digest: version }) },
    artifacts: { open: async () => 'folder' },
    predictor: {
      load: async () => {},
      predict: async (digest: string) =>
        (digest === 'v2' ? ['a', 'b', 'b'] : ['b', 'b', 'a']).map((label) => ({ label, scores: {} })),
    },
    examples: {
      labelled: async () => 10,
      range: async (_: string, wish: object) => {
        asked.push(wish);
        return rows;
      },
      record: async () => [{ version: 'v1', rows: [1, 2, 3].map((seq) => ({ seq, atMs: 1_000 * seq })) }],
      predictedAt: async () => new Map([1, 2, 3].map((seq) => [seq, 0])),
    },
  };
  const { scoreArrivals } = createArrivalActivities(ports as never);
  const step = { model: 'm', runId: 'r', configDigest: 'c', version: 'v2', champion: 'v1' };
  const first = await scoreArrivals({ ...step, before: null });
  expect(first).toEqual({ seq: 10, pairs: { wins: 0, losses: 0, ties: 0 }, delayMs: 2_000 });
  expect(asked).toEqual([]);
  expect(await scoreArrivals({ ...step, before: first })).toEqual({
    seq: 13,
    pairs: { wins: 1, losses: 1, ties: 1 },
    delayMs: 2_000,
  });
  expect(asked).toEqual([{ fromSeq: 11, toSeq: 510 }]);
});
