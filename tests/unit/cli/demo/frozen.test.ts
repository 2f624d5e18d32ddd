import { expect, test } from 'vitest';
import { Frozen } from '../../../../cli/demo/frozen.ts';
import type { InputRow } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';

const task = classification({ labels: ['yes', 'no'] });
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ index: from + i, row: { x: from + i }, label: 'yes' }));

test('every row is scored once, behind whoever pushes, by the version that it was given', async () => {
  const asked: { key: string; rows: readonly InputRow[] }[] = [];
  const predictor = {
    predict: async (key: string, given: readonly InputRow[]) => {
      asked.push({ key, rows: given });
      await new Promise((resolve) => setTimeout(resolve, 2));
      return given.map(({ x }) => ({ label: Number(x) % 3 === 0 ? 'no' : 'yes', scores: {} }));
    },
  };
  const frozen = new Frozen({ predictor, key: 'v1', task });
  frozen.push(rows(0, 5));
  frozen.push(rows(5, 700));
  await frozen.settled();
  frozen.push(rows(700, 710));
  await frozen.settled();
  expect(frozen.correct.size).toBe(710);
  expect(asked.flatMap((a) => a.rows.map((r) => r['x']))).toEqual(Array.from({ length: 710 }, (_, i) => i));
  expect([...frozen.correct].filter(([, right]) => !right).every(([index]) => index % 3 === 0)).toBe(true);
  expect(new Set(asked.map((a) => a.key))).toEqual(new Set(['v1']));
});

test('a version that cannot score is reported to whoever waits', async () => {
  const frozen = new Frozen({
    predictor: { predict: () => Promise.reject(new Error('gone')) },
    key: 'v1',
    task,
  });
  frozen.push(rows(0, 1));
  await expect(frozen.settled()).rejects.toThrow('gone');
});
