import { expect, test } from 'vitest';
import { findBrokenFeatures } from '../../../../monitors/triage/broken-features.ts';
import type { FeatureReference, ReferenceShares } from '../../../../domain/reference-shares.ts';

const number = (shares: Record<string, number>): FeatureReference => ({
  kind: 'number',
  edges: [10],
  shares,
});
const reference = (over: Record<string, FeatureReference> = {}): ReferenceShares => ({
  features: {
    x: number({ 0: 0.5, 1: 0.5, missing: 0 }),
    plan: { kind: 'category', values: ['free', 'team'], shares: { free: 0.6, team: 0.4 } },
    ...over,
  },
  labels: {},
});
const rows = (n: number, row: (i: number) => object) =>
  Array.from({ length: n }, (_, i) => ({ x: i, plan: i % 2 ? 'free' : 'team', ...row(i) }));
const broken = (given: ReturnType<typeof rows>, known: ReferenceShares | null = reference()) =>
  findBrokenFeatures({ features: ['x', 'plan'], rows: given, reference: known }).map(
    ({ feature, how }) => `${feature} ${how}`,
  );

test('values that move are the world, not a broken pipeline', () => {
  expect(broken(rows(500, (i) => ({ x: 1e6 + i })))).toEqual([]);
});

test('a feature that is null in all of the newest rows is gone; a gap in between is not', () => {
  expect(broken(rows(300, (i) => (i < 200 ? {} : { x: null })))).toEqual(['x gone']);
  expect(broken(rows(300, (i) => (i < 250 ? { x: null } : {})))).toEqual([]);
});

test('words that nobody knows are as good as gone', () => {
  expect(broken(rows(300, () => ({ plan: 'entreprise' })))).toEqual(['plan gone']);
});

test('a feature that is one and the same in all rows is frozen, unless it used to be', () => {
  expect(broken(rows(300, () => ({ x: 7 })))).toEqual(['x frozen']);
  const constant = reference({ x: number({ 0: 0.95, 1: 0.05 }) });
  expect(
    broken(
      rows(300, () => ({ x: 7 })),
      constant,
    ),
  ).toEqual([]);
});

test('a feature that was mostly missing in training may be missing', () => {
  const sparse = reference({ x: number({ 0: 0.2, 1: 0.2, missing: 0.6 }) });
  expect(
    broken(
      rows(300, () => ({ x: null })),
      sparse,
    ),
  ).toEqual([]);
});

test('with few rows nothing is said', () => {
  expect(broken(rows(99, () => ({ x: null })))).toEqual([]);
  expect(broken(rows(199, () => ({ x: 7 })))).toEqual([]);
});

test('without a reference only a feature that is gone counts, and only where another one is there', () => {
  expect(
    broken(
      rows(300, () => ({ x: null })),
      null,
    ),
  ).toEqual(['x gone']);
  expect(
    broken(
      rows(300, () => ({ x: 7 })),
      null,
    ),
  ).toEqual([]);
  expect(
    broken(
      rows(300, () => ({ x: null, plan: null })),
      null,
    ),
  ).toEqual([]);
});
