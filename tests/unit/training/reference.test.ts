import { expect, test } from 'vitest';
import { category, number, text } from '../../../domain/input.ts';
import { binOf } from '../../../domain/reference-shares.ts';
import { innerEdges, referenceShares } from '../../../training/reference.ts';

test('a number has ten bins of about equal shares, closed above', () => {
  const rows = Array.from({ length: 1001 }, (_, i) => ({ x: i }));
  const { features } = referenceShares(
    { x: number() },
    rows,
    { labels: ['a', 'b'] },
    rows.map((r) => (r.x < 250 ? 'a' : 'b')),
  );
  const x = features['x']!;
  expect(x).toMatchObject({ kind: 'number', edges: [100, 200, 300, 400, 500, 600, 700, 800, 900] });
  expect([binOf(x, -5), binOf(x, 100), binOf(x, 100.1), binOf(x, 5000)]).toEqual(['0', '0', '1', '9']);
  for (let bin = 0; bin < 10; bin += 1) expect(x.shares[bin]).toBeCloseTo(0.1, 2);
});

test('labels have the shares of what is predicted, also those that never are', () => {
  const rows = [{ c: 'u' }, { c: 'v' }, { c: 'w' }, { c: null }];
  const reference = referenceShares({ c: category(['u', 'v']) }, rows, { labels: ['a', 'b'] }, [
    'a',
    'a',
    'a',
    'a',
  ]);
  expect(reference.labels).toEqual({ a: 1, b: 0 });
  expect(reference.features['c']!.shares).toEqual({ u: 0.25, v: 0.25, missing: 0.25, unknown: 0.25 });
});

test.each([[0.003467], [0], [-12], [1e12]])('a constant %f leaves room for change on both sides', (value) => {
  const feature = { kind: 'number', edges: innerEdges([value, value, value]), shares: {} } as const;
  expect(binOf(feature, value)).toBe('1');
  const step = Math.max(1e-6, Math.abs(value) * 1e-6);
  expect([binOf(feature, value - step), binOf(feature, value + step)]).toEqual(['0', '2']);
});

test('a feature that was always missing has one bin for whatever comes', () => {
  expect(innerEdges([])).toEqual([]);
});

test('of a text, how many words it has', () => {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => ({ t: ' word\n'.repeat(n) }));
  const { t } = referenceShares({ t: text() }, [...rows, { t: null }], { labels: [] }, []).features;
  expect(t).toMatchObject({ kind: 'text', edges: [2, 3, 4, 5, 6, 7, 8, 9, 10] });
  expect(t!.shares['missing']).toBeCloseTo(1 / 12, 9);
  expect([binOf(t!, 'one'), binOf(t!, 'one, two, three'), binOf(t!, 7)]).toEqual(['0', '1', 'unknown']);
});
