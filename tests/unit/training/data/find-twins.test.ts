import { expect, test } from 'vitest';
import type { Feature, InputRow } from '../../../../domain/input.ts';
import { contentHash } from '../../../../training/data/content-hash.ts';
import { findTwins } from '../../../../training/data/find-twins.ts';

const table: Record<string, Feature> = { x: { kind: 'number' }, y: { kind: 'number' } };
const golden: string[] = [];
const rows = (from: number, to: number): InputRow[] =>
  Array.from({ length: to - from }, (_, i) => ({ x: from + i, y: 1 }));
const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test('rows to learn from that say what a held-out row says are named, where more of them meet than by chance', () => {
  const learnable = rows(0, 100);
  expect(findTwins({ input: table, rows: learnable, heldOut: rows(90, 110), golden })).toEqual({
    ofGolden: [],
    ofHeldOut: upTo(90, 100),
    share: 0.5,
    byChance: 0,
  });
  // The last digits of a number, and what the model does not declare, tell nobody apart.
  const almost = [{ x: 95 + 1e-9, y: 1, z: 7 }];
  expect(findTwins({ input: table, rows: learnable, heldOut: almost, golden }).ofHeldOut).toEqual([95]);
});

test('rows of a few values meet by chance: they stay, and how often is told', () => {
  const dice = (n: number) => Array.from({ length: n }, (_, i) => ({ x: i % 6, y: 0 }));
  expect(findTwins({ input: table, rows: dice(100), heldOut: dice(30), golden })).toEqual({
    ofGolden: [],
    ofHeldOut: [],
    share: 1,
    byChance: 1,
  });
});

test('a golden row never trains, by chance or not', () => {
  const pinned = [contentHash(table, { x: 3, y: 1 })];
  const twins = findTwins({ input: table, rows: rows(0, 5), heldOut: rows(3, 4), golden: pinned });
  expect(twins).toMatchObject({ ofGolden: [3], ofHeldOut: [] });
});

const text: Record<string, Feature> = { words: { kind: 'text' } };
const swallowed = 'My card was swallowed by the machine in front of the station this morning, please help';

test('texts that nearly say what a held-out text says are named too', () => {
  const learnable = [
    `${swallowed}!`,
    'How do I change the address that my statements are sent to?',
    swallowed.toUpperCase().replace(' THE STATION', '  the station'),
  ];
  const asked = { input: text, rows: learnable.map((words) => ({ words })), golden };
  expect(findTwins({ ...asked, heldOut: [{ words: swallowed }] }).ofHeldOut).toEqual([0, 2]);
});

test('texts that nearly say what a golden text says are named as its twins, and not again as those of a held-out one', () => {
  const learnable = [
    `${swallowed}!`,
    'How do I change the address that my statements are sent to?',
    swallowed,
  ];
  const asked = {
    input: text,
    rows: learnable.map((words) => ({ words })),
    heldOut: [{ words: `${swallowed}?` }],
    golden: [contentHash(text, { words: swallowed })],
  };
  expect(findTwins(asked)).toMatchObject({ ofGolden: [2], ofHeldOut: [0] });
  const goldenTexts = [{ words: swallowed }];
  expect(findTwins({ ...asked, goldenTexts })).toMatchObject({ ofGolden: [0, 2], ofHeldOut: [] });
  // Of rows in a table nothing is nearly the same.
  const numbers = { input: table, rows: rows(0, 3), heldOut: [], golden, goldenTexts: rows(0, 1) };
  expect(findTwins(numbers).ofGolden).toEqual([]);
});

test('what the model does not declare is no part of a text', () => {
  const note = (at: number) =>
    `${at} sent from the other telephone of somebody who was never here, at noon or later`;
  const asked = { input: text, rows: [{ words: `${swallowed}!`, note: note(7) }], golden };
  expect(findTwins({ ...asked, heldOut: [{ words: swallowed, note: note(123_456) }] }).ofHeldOut).toEqual([
    0,
  ]);
  const unlike = [{ words: 'Where is my new card?', note: note(7) }];
  expect(findTwins({ ...asked, heldOut: unlike }).ofHeldOut).toEqual([]);
});
