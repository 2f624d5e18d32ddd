import { expect, test } from 'vitest';
import { WORN_OUT_AFTER, wornOutBy } from '../../../activities/worn-out-rows.ts';

/** So many challengers that were judged on rows from here to there, each in two looks. */
const judged = (challengers: number, fromSeq: number, toSeq: number, name = 'v') =>
  Array.from({ length: 2 * challengers }, (_, i) => ({
    challenger: `${name}${i >> 1}`,
    fromSeq,
    toSeq: toSeq - (i % 2),
  }));
const wornOf = (ledger: Parameters<typeof wornOutBy>[0]) =>
  Array.from({ length: 12 }, (_, i) => ({ seq: i + 1 }))
    .filter(wornOutBy(ledger))
    .map(({ seq }) => seq);

test('a row is worn out by the challengers that it has judged, however often they were looked at', () => {
  expect(wornOf(judged(WORN_OUT_AFTER, 4, 9))).toEqual([4, 5, 6, 7, 8, 9]);
  expect(wornOf(judged(WORN_OUT_AFTER - 1, 4, 9))).toEqual([]);
});

test('rows before a look, and after it, have not been asked by it', () => {
  const half = WORN_OUT_AFTER / 2;
  expect(wornOf([...judged(half, 1, 6, 'a'), ...judged(half, 5, 12, 'b')])).toEqual([5, 6]);
  expect(wornOf([])).toEqual([]);
});
