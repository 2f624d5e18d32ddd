import { expect, test } from 'vitest';
import type { Feature, InputRow } from '../../../../domain/input.ts';
import { findTwinsInThread } from '../../../../infra/gate/find-twins-in-thread.ts';
import { findTwins } from '../../../../training/data/find-twins.ts';

const table: Record<string, Feature> = { x: { kind: 'number' } };
const text: Record<string, Feature> = { words: { kind: 'text' } };
const rows = (from: number, to: number): InputRow[] =>
  Array.from({ length: to - from }, (_, i) => ({ x: from + i }));

/** How often the process came to do something else meanwhile. */
async function countTurns(waitedFor: Promise<unknown>): Promise<number> {
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 1);
  await waitedFor.finally(() => clearInterval(clock));
  return turns;
}

test('among many rows twins are found in a thread, the same ones, and the process goes on meanwhile', async () => {
  const asked = { input: table, rows: rows(0, 12_000), heldOut: rows(9_000, 14_000), golden: [] };
  const found = findTwinsInThread(asked);
  expect(await countTurns(found)).toBeGreaterThan(50);
  expect(await found).toEqual(findTwins(asked));
  expect((await found).ofHeldOut).toHaveLength(3_000);
});

test('a few rows are not worth a thread', async () => {
  const words = 'Where is my card, which was to come on Monday?';
  const asked = { input: text, rows: [{ words: `${words}!` }], heldOut: [{ words }], golden: [] };
  const found = findTwinsInThread(asked);
  expect(await countTurns(found)).toBe(0);
  expect((await found).ofHeldOut).toEqual([0]);
});
