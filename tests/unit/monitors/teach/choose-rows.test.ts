import { expect, test } from 'vitest';
import type { ReferenceShares } from '../../../../domain/reference-shares.ts';
import type { TeachRow } from '../../../../domain/teach.ts';
import { chooseRows } from '../../../../monitors/teach/choose-rows.ts';
import type { Choice } from '../../../../monitors/teach/choose-rows.ts';
import { noveltiesIn } from '../../../../monitors/teach/novelty.ts';
import { tieOf } from '../../../../monitors/teach/uncertainty.ts';

const classification = { kind: 'classification' } as const;
const row = (n: number, more: Partial<TeachRow> = {}): TeachRow => ({
  predictionId: `row-${n}`,
  version: 'v1',
  input: { x: n },
  answer: 'A',
  scores: { A: 0.99, B: 0.01 },
  partition: 'train',
  atMs: n,
  isOpen: true,
  ...more,
});
const choose = (given: Partial<Choice>) =>
  chooseRows({
    task: classification,
    rows: [],
    disputes: [],
    reference: null,
    waiting: {},
    seed: 'm',
    ...given,
  });
const many = (n: number, more: Partial<TeachRow> = {}) => Array.from({ length: n }, (_, i) => row(i, more));

test('a tie is 1 where two labels are equally likely, and 0 where one is sure', () => {
  expect(tieOf(classification, { A: 0.5, B: 0.5 })).toEqual({ tie: 1, between: ['A', 'B'] });
  expect(tieOf(classification, { A: 1, B: 0 })!.tie).toBe(0);
  expect(tieOf(classification, { A: 0.4, B: 0.35, C: 0.25 })!.tie).toBeCloseTo(0.95);
  expect(tieOf({ kind: 'multi-label' }, { A: 0.97, B: 0.55 })).toMatchObject({ between: ['B'] });
  expect(tieOf({ kind: 'multi-label' }, { A: 0.97, B: 0.55 })!.tie).toBeCloseTo(0.9);
  expect([tieOf({ kind: 'regression' }, {}), tieOf({ kind: 'generation' }, {})]).toEqual([null, null]);
  expect(tieOf(classification, { A: Number.NaN, B: 0.5 })!.tie).toBe(0);
});

test('the draw takes held-out rows only, the same for the same seed, and knows nothing of what is in them', () => {
  const rows = [
    ...many(60, { partition: 'holdout' }),
    ...many(60).map((r) => ({ ...r, predictionId: `t${r.atMs}` })),
  ];
  const drawn = choose({ rows });
  expect(drawn.map(({ reason }) => reason)).toEqual(Array.from({ length: 20 }, () => 'random'));
  expect(drawn.every(({ predictionId }) => predictionId.startsWith('row-'))).toBe(true);
  expect(choose({ rows })).toEqual(drawn);
  expect(choose({ rows, seed: 'n' }).map((r) => r.predictionId)).not.toEqual(
    drawn.map((r) => r.predictionId),
  );
  const unsure = rows.map((r) => ({ ...r, scores: { A: 0.5, B: 0.5 } }));
  const again = choose({ rows: unsure }).filter(({ reason }) => reason === 'random');
  expect(again).toEqual(drawn);
});

test('a row that is held out is never picked, however unsure, new or disputed it is', () => {
  const rows = many(200, { partition: 'holdout', scores: { A: 0.5, B: 0.5 } });
  expect(new Set(choose({ rows }).map(({ reason }) => reason))).toEqual(new Set(['random']));
});

test('budgets hold: what waits takes places, and no reason crowds out another', () => {
  const unsure = many(100, { scores: { A: 0.5, B: 0.5 } });
  const disputes = Array.from({ length: 100 }, (_, i) => ({
    predictionId: `d${i}`,
    said: ['A', 'B'],
    people: 2,
  }));
  const count = (given: Partial<Choice>) => {
    const n: Record<string, number> = {};
    for (const { reason } of choose({ rows: unsure, disputes, ...given })) n[reason] = (n[reason] ?? 0) + 1;
    return n;
  };
  expect(count({})).toEqual({ unsure: 22, disputed: 22 });
  expect(count({ waiting: { unsure: 40, new: 3 } })).toEqual({ unsure: 1 });
  expect(count({ waiting: { unsure: 44 } })).toEqual({});
});

test('nobody is asked about a sure row, one that is closed, or the same input twice', () => {
  expect(choose({ rows: many(50) })).toEqual([]);
  expect(choose({ rows: many(50, { isOpen: false, scores: { A: 0.5, B: 0.5 } }) })).toEqual([]);
  expect(choose({ rows: many(50, { input: { x: 1 }, scores: { A: 0.5, B: 0.5 } }) })).toHaveLength(1);
});

test('the least sure rows come first, and each says why', () => {
  const rows = [0.9, 0.6, 0.51].map((p, i) => row(i, { scores: { A: p, B: 1 - p } }));
  expect(choose({ rows })).toMatchObject([
    { predictionId: 'row-2', reason: 'unsure', because: 'A .51, B .49' },
    { predictionId: 'row-1', because: 'A .60, B .40' },
  ]);
});

test('two versions that answer the same row differently are a dispute', () => {
  const rows = [
    row(1, { input: { x: 7 } }),
    row(2, { input: { x: 7 }, version: 'v2', answer: 'B', isOpen: false }),
  ];
  expect(choose({ rows })).toMatchObject([
    { predictionId: 'row-1', reason: 'disputed', because: 'v1 says A, v2 says B' },
  ]);
});

const reference: ReferenceShares = {
  labels: {},
  features: {
    text: { kind: 'text', shares: {}, edges: [5] },
    plan: { kind: 'category', shares: { free: 1 }, values: ['free', 'team'] },
    age: { kind: 'number', shares: {}, edges: [], range: { low: 0, high: 10 } },
  },
};
const say = (text: string) => ({ input: { text, plan: 'free', age: 5 } });

test('a word that nobody used before is new where several of the newest rows have it, and odd otherwise', () => {
  const before = Array.from({ length: 150 }, (_, i) =>
    say(`my tariff, the bill number ${'abcdefghij'[i % 10]}${'klm'[i % 3]}xyz is wrong`),
  );
  const newest = (flex: number) =>
    Array.from({ length: 50 }, (_, i) => say(i < flex ? 'the flex tariff is wrong' : 'my bill is wrong'));
  const found = noveltiesIn([...newest(12), ...before], reference);
  expect(found.map(({ what }) => what)).toContain('says “flex”, which nobody did before');
  expect(found[0]!.has(say('Flex? never again').input)).toBe(true);
  expect(noveltiesIn([...newest(2), ...before], reference)).toEqual([]);
  // Spread over all of the time it is not new, however often it is said.
  expect(noveltiesIn([...newest(12), ...newest(12), ...newest(12), ...newest(12)], reference)).toEqual([]);
});

test('categories and ranges that the champion never learnt from are new', () => {
  const newest = Array.from({ length: 10 }, () => ({ input: { text: 'a', plan: 'team', age: 11 } }));
  const found = noveltiesIn([...newest, ...Array.from({ length: 30 }, () => say('a'))], reference);
  expect(found.map(({ what }) => what)).toEqual([
    'plan is “team”, which it never learnt from',
    'age is beyond all that it learnt from',
  ]);
  expect(found[0]!.has({ plan: 'free' })).toBe(false);
});

test('two numbers are a dispute only where they are further apart than the tolerance', () => {
  const rows = (answer: string) => [
    row(1, { input: { x: 7 }, answer: '10' }),
    row(2, { input: { x: 7 }, version: 'v2', answer, isOpen: false }),
  ];
  const task = { kind: 'regression', tolerance: 5 } as const;
  expect(choose({ task, rows: rows('10.4') })).toEqual([]);
  expect(choose({ task, rows: rows('15.1') })).toMatchObject([{ reason: 'disputed' }]);
  const said = (...texts: string[]) => [{ predictionId: 'd', said: texts, people: 2 }];
  expect(choose({ task, disputes: said('10', '10.0') })).toEqual([]);
  expect(choose({ task, disputes: said('10', '16') })).toHaveLength(1);
  expect(choose({ task: { kind: 'regression' }, disputes: said('10', '10.0') })).toEqual([]);
});

test('what waits already is not asked again by another row that says the same', () => {
  const unsure = { scores: { A: 0.5, B: 0.5 } };
  const rows = [row(1, { input: { x: 1 }, ...unsure }), row(2, { input: { x: 2 }, ...unsure })];
  expect(choose({ rows, asked: [{ x: 1 }] }).map(({ predictionId }) => predictionId)).toEqual(['row-2']);
});
