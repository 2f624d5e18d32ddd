import { beforeEach, describe, expect, test } from 'vitest';
import { printComparison } from '../../../cli/commands/compare-versions.ts';
import { compareVersions } from '../../../console/versions/compare-versions.ts';
import { gatherLineage } from '../../../console/versions/lineage.ts';
import { comparisonLede } from '../../../console/versions/say-comparison.ts';
import { sayWayBack } from '../../../console/versions/way-back.ts';
import { parseConfig } from '../../../domain/config.ts';
import type { EvaluationRow } from '../../../domain/ports.ts';
import type { Version } from '../../../domain/version.ts';
import { consoleScene } from '../../fakes/console-scene.ts';
import type { ConsoleWorld } from '../../fakes/console-world.ts';

const model = 'electricity-price';
const path = `/models/${model}/versions`;
let world: ConsoleWorld;
beforeEach(() => {
  world = consoleScene();
});
const bearer = { authorization: 'Bearer the-token' };
const page = async (at = path) => {
  const answer = await world.app.request(at, { headers: { ...bearer, accept: 'text/html' } });
  return { status: answer.status, text: await answer.text() };
};
const post = async (at: string, fields: Record<string, string>) => {
  const answer = await world.app.request(at, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { ...bearer, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
  });
  return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() };
};

describe('the page of versions', () => {
  test('says who answers, draws the way from data to traffic, and compares the champion with the newest', async () => {
    const { status, text } = await page();
    expect(status).toBe(200);
    expect(text).toContain('v12 answers, v13 is on trial; 2 of 3 versions have answered production.');
    expect(text).toContain('v13 after v12: Rollout, 10 %. v12 after v11: Traffic, answers now.');
    expect(text).toContain('v13 is better than v12. Accuracy on 1,482 rows that both answered: +.107');
    expect(text).toContain('In training they saw 800 rows in common, 2,104 only v12, 3,520 only v13.');
    expect(text).not.toMatch(/NaN|undefined|\[object/);
    for (const other of ['churn-risk', 'support-intents', 'meter-digits', 'fraud-score'])
      expect((await page(`/models/${other}/versions`)).status).toBe(200);
  });

  test('the other way round says the opposite', async () => {
    expect((await page(`${path}?a=v13&b=v12`)).text).toContain(
      'v12 is worse than v13. Accuracy on 1,482 rows that both answered: −.107',
    );
  });

  test('the way back is tried and gone by a form with a reason; a refusal is said', async () => {
    expect((await post(`${path}/v11/drill`, {})).location).toBe(`${path}#rollback`);
    expect((await post(`${path}/v11/rollback`, { reason: ' ' })).text).toContain('DL_REASON_NEEDED');
    expect(world.people.audited).toContainEqual(
      expect.objectContaining({ model, subject: 'v11', refused: 'DL_REASON_NEEDED' }),
    );
    expect((await post(`${path}/v11/rollback`, { reason: 'wrong prices' })).status).toBe(303);
    expect(world.said.map(([verb, subject, { reason }]) => [verb, subject, reason])).toEqual([
      ['drill', model, 'v11'],
      ['roll back', `${model} v11`, 'wrong prices'],
    ]);
  });

  test('a drill shows its answer before the button', async () => {
    await world.people.audit.append({
      action: 'rollback drill',
      by: 'ada',
      model,
      subject: 'v11',
      details: { seconds: 4.1, recent: 100, recorded: 90, differing: 1 },
    });
    const { text } = await page();
    expect(text).toContain(
      'v11 could take over in 4.1 s, and answered 190 rows, 89 of 90 as it did when it served.',
    );
  });
});

test('the way back that was broken says by which code, and one that leads nowhere says so', () => {
  const drill = {
    at: '2026-03-02T00:00:00.000Z',
    target: 'v1',
    by: 'ada',
    seconds: null,
    recent: 0,
    recorded: 0,
    differing: 0,
  };
  const clock = { now: Date.parse('2026-03-02T01:00:00.000Z'), zone: 'UTC' };
  expect(
    sayWayBack({ to: null, drill: { ...drill, refused: 'DL_WAY_BACK_BROKEN' }, isHere: true }, 'm', clock),
  ).toBe(
    'No earlier champion served healthily: nothing is gone back to unless it is named. Tried by ada at 00:00, it was broken (DL_WAY_BACK_BROKEN).',
  );
});

const version = (name: string, change: Partial<Version> = {}): Version => ({
  model: 'm',
  version: name,
  number: Number(name.slice(1)),
  digest: name,
  role: 'retired',
  parent: null,
  runId: null,
  snapshotId: null,
  createdAt: '2026-03-02T00:00:00.000Z',
  promotedAt: null,
  accuracyOnTest: null,
  referenceErrorRate: null,
  trainSeconds: null,
  ...change,
});
const config = (change: object) =>
  parseConfig({
    models: [
      {
        name: 'm',
        task: { kind: 'classification', labels: ['a', 'b'] },
        input: { x: { kind: 'number' } },
        ...change,
      },
    ],
  }).models[0]!;
const estimate = (value: number) => ({ estimate: value, low: value - 0.02, high: value + 0.02 });

/** Two versions, each made by a run of its own config, and the looks of the second one's gate. */
function compared(
  looks: readonly Partial<EvaluationRow>[],
  configs = [config({}), config({ retrain: { price: 70 } })],
) {
  const all = [version('v1', { runId: 'r1' }), version('v2', { runId: 'r2' })];
  const run = (id: string) => ({
    id,
    configDigest: id,
    version: `v${id.slice(1)}`,
    trigger: { reason: 'Asked.' },
    verdict: null,
  });
  return compareVersions(
    {
      models: { getPinned: async (_, digest) => configs[digest === 'r1' ? 0 : 1]! },
      versions: {
        get: async (_, name) => all.find((one) => one.version === name)!,
        learnt: async (_, name) => ({ rows: name === 'v1' ? ['a', 'b'] : ['b', 'c', 'd'], isWhole: true }),
      },
      runs: {
        get: async (id) => run(id) as never,
        list: async () => [run('r1'), run('r2')] as never,
        story: async () => [],
        evaluations: async (id) => (id === 'r2' ? (looks as EvaluationRow[]) : []),
      },
      snapshots: { get: async () => expect.fail('none has a snapshot') },
    },
    'm',
    ['v1', 'v2'],
  );
}
const look = (change: object = {}): Partial<EvaluationRow> => ({
  rows: 500,
  challenger: 'v2',
  champion: 'v1',
  verdict: { kind: 'promote', by: 'evidence', sentence: 'Passed the gate.' },
  report: {
    challenger: { accuracy: estimate(0.8) },
    champion: { accuracy: estimate(0.7) },
    difference: { accuracy: estimate(0.1) },
    discordant: { wins: 60, losses: 10 },
    flips: [
      { kind: 'broken', predictionId: 'p', label: 'a', challenger: { label: 'b' }, champion: { label: 'a' } },
    ],
    ...change,
  },
});

describe('two versions beside each other', () => {
  test('by the newest gate that held one against the other, with what changed, learnt rows and config', async () => {
    const comparison = await compared([look({ difference: { accuracy: estimate(0) } }), look()]);
    expect(comparison.direct).toMatchObject({ runId: 'r2', rows: 500, flips: { onlyA: 10, onlyB: 60 } });
    expect(comparison.direct!.flips!.examples).toEqual([{ label: 'a', a: 'a', b: 'b', isRightIn: 'a' }]);
    expect(comparison.data).toEqual({ both: 1, onlyA: 1, onlyB: 2, isWhole: true });
    expect(comparison.config).toEqual([{ path: 'retrain.price', a: 50, b: 70 }]);
    const printed = printComparison(comparison);
    expect(printed).toMatch(/^v2 is better than v1\. Accuracy on 500 rows that both answered: \+\.100/);
    expect(printed).toContain('retrain.price: 50 → 70');
  });

  test('unclear is neither better nor worse, and without a common gate figures do not compare', async () => {
    const unclear = await compared([
      {
        ...look({ difference: { accuracy: estimate(0.01) } }),
        verdict: { kind: 'hold', labelsNeeded: 9, sentence: 'Held.' },
      },
    ]);
    expect(comparisonLede(unclear).answer).toMatch(/^Which of v1 and v2 is better is not clear\./);
    const verdict = { kind: 'promote', by: 'patience', sentence: 'Passed the gate.' } as const;
    const ahead = await compared([{ ...look(), verdict }]);
    expect(comparisonLede(ahead).answer).toMatch(/^v2 was ahead, which the gate does not take for proof\./);
    const apart = await compared([{ ...look(), champion: 'v0' }], [config({}), config({})]);
    expect(apart.direct).toBeNull();
    expect(comparisonLede(apart)).toEqual({
      answer: 'No gate has held v2 against v1: their tests had other rows, so their figures do not compare.',
      why: 'In training they saw 1 row in common, 1 only v1, 2 only v2. Their configs say the same.',
    });
  });
});

test('the lineage ends where a version went no further, and says why', async () => {
  const all = [
    version('v1', { promotedAt: '2026-03-02T00:00:00.000Z' }),
    version('v2', { promotedAt: '2026-03-03T00:00:00.000Z', role: 'champion', parent: 'v1' }),
    version('v3', { runId: 'r3', role: 'rejected', parent: 'v2' }),
    version('v4', { runId: 'r4', role: 'rejected', parent: 'v2' }),
    version('v5', { runId: 'r5', role: 'challenger', parent: 'v2' }),
  ];
  const run = (id: string, verdict: string, outcome: string | null) => ({
    id,
    version: `v${id.slice(1)}`,
    verdict: { kind: verdict },
    outcome: outcome === null ? null : { kind: outcome },
  });
  const rows = await gatherLineage(
    {
      versions: { list: async () => all },
      runs: {
        list: async () =>
          [
            run('r3', 'reject', 'rejected'),
            run('r4', 'promote', 'withdrawn'),
            run('r5', 'hold', null),
          ] as never,
      },
      snapshots: { get: async () => expect.fail('none has a snapshot') },
      routes: { get: async () => ({ champion: { version: 'v2' }, challenger: null }) as never },
    },
    'm',
  );
  expect(
    rows.map(({ version: { version: name }, steps }) => `${name} ${steps.at(-1)!.at}: ${steps.at(-1)!.says}`),
  ).toEqual([
    'v5 Gate: held',
    'v4 Rollout: withdrawn',
    'v3 Gate: rejected',
    'v2 Traffic: answers now',
    'v1 Traffic: answered once',
  ]);
});
