import { expect, test } from 'vitest';
import type { Feature } from '../../../../domain/input.ts';
import { contentHash } from '../../../../training/data/content-hash.ts';
import { keepApart } from '../../../../training/data/keep-apart.ts';

const table: Record<string, Feature> = { x: { kind: 'number' }, y: { kind: 'number' } };
const none = new Set<string>();
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ input: { x: from + i, y: 1 } }));

test('rows to learn from that say what a held-out row says are left out, where more of them meet than by chance', () => {
  const apart = keepApart(table, rows(0, 100), { heldOut: rows(90, 110), golden: none });
  expect(apart.left).toEqual({ golden: 0, heldOut: 10 });
  expect(apart.kept).toEqual(rows(0, 90));
  expect(apart).toMatchObject({ share: 0.5, byChance: 0 });
  // The last digits of a number, and what the model does not declare, tell nobody apart.
  const almost = [{ input: { x: 95 + 1e-9, y: 1, z: 7 } }];
  expect(keepApart(table, rows(0, 100), { heldOut: almost, golden: none }).left.heldOut).toBe(1);
});

test('rows of a few values meet by chance: they stay, and how often is told', () => {
  const dice = (n: number) => Array.from({ length: n }, (_, i) => ({ input: { x: i % 6, y: 0 } }));
  const apart = keepApart(table, dice(100), { heldOut: dice(30), golden: none });
  expect(apart.left).toEqual({ golden: 0, heldOut: 0 });
  expect(apart).toMatchObject({ share: 1, byChance: 1 });
  expect(apart.kept).toHaveLength(100);
});

test('a golden row never trains, by chance or not', () => {
  const golden = new Set([contentHash(table, { x: 3, y: 1 })]);
  const apart = keepApart(table, rows(0, 5), { heldOut: [], golden });
  expect(apart.left).toEqual({ golden: 1, heldOut: 0 });
  expect(apart.kept.map(({ input }) => input.x)).toEqual([0, 1, 2, 4]);
});

test('texts that nearly say what a held-out text says are left out too', () => {
  const text: Record<string, Feature> = { words: { kind: 'text' } };
  const said = (words: string) => ({ input: { words } });
  const heldOut = [
    said('My card was swallowed by the machine in front of the station this morning, please help'),
  ];
  const learnable = [
    said('My card was swallowed by the machine in front of the station this morning, please help!'),
    said('MY CARD was swallowed by the machine in front of the  station this morning, please help'),
    said('How do I change the address that my statements are sent to?'),
  ];
  const { kept, left } = keepApart(text, learnable, { heldOut, golden: none });
  expect(left.heldOut).toBe(2);
  expect(kept).toEqual([learnable[2]]);
});
