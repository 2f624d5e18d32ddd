import { expect, test } from 'vitest';
import { keepsOld, partOldRows } from '../../../activities/old-rows.ts';
import { fromChampion, fromScratch } from '../../../domain/config.ts';
import type { Example } from '../../../domain/examples.ts';
import { full } from '../../../domain/fine-tune-config.ts';

const rows = Array.from({ length: 200 }, (_, i): Example => {
  const seq = i + 1;
  return { predictionId: `p${seq}`, seq, input: {}, label: 'A', partition: 'train' };
});
const ids = (some: readonly Example[]) => new Set(some.map(({ predictionId }) => predictionId));

test('what measures is drawn evenly from rows that the champion has not learnt; the rest is rehearsed', () => {
  const { rehearsal, golden } = partOldRows(rows, ids(rows.slice(0, 100)));
  expect(golden.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, i) => 101 + 5 * i));
  expect(rehearsal).toEqual(rows.filter((row) => !golden.includes(row)));
});

test('of few unseen rows half may measure, and of rows that were all learnt none', () => {
  expect(partOldRows(rows, ids(rows.slice(0, 190))).golden).toHaveLength(5);
  expect(partOldRows(rows, ids(rows))).toEqual({ rehearsal: rows, golden: [] });
  expect(partOldRows([], new Set())).toEqual({ rehearsal: [], golden: [] });
});

test('old labels are believed only where the config says what shall be kept of the champion', () => {
  const keep = full({ keep: {} });
  expect(keepsOld({ base: fromChampion(), fineTune: keep })).toBe(true);
  expect(keepsOld({ base: fromChampion(), fineTune: full() })).toBe(false);
  expect(keepsOld({ base: fromChampion(), fineTune: undefined })).toBe(false);
  expect(keepsOld({ base: fromScratch(), fineTune: keep })).toBe(false);
});
