import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitValidation } from '../../../training/split-validation.ts';

const row = fc.record({ label: fc.constantFrom('a', 'b', 'c'), at: fc.constant(null) });
const labelOf = ({ label }: { label: string }) => label;
const share = fc.double({ min: 0.05, max: 0.5, noNaN: true });

test('every row is in exactly one part, in the order of the file, and the same seed draws the same', () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), share, fc.nat(), (rows, part, seed) => {
      const numbered = rows.map((of, line) => ({ ...of, line }));
      const { train, validation } = splitValidation(numbered, { share: part, seed, labelOf });
      const lines = (of: { line: number }[]) => of.map(({ line }) => line);
      expect([...lines(train), ...lines(validation)].toSorted((a, b) => a - b)).toEqual(lines(numbered));
      for (const kept of [train, validation])
        expect(lines(kept)).toEqual(lines(kept).toSorted((a, b) => a - b));
      expect(splitValidation(numbered, { share: part, seed, labelOf })).toEqual({ train, validation });
    }),
  );
});

test('each label with two rows or more is in both parts, and keeps its share', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({ label: i % 50 ? 'often' : 'rare', at: null }));
  const { train, validation } = splitValidation(rows, { share: 0.25, seed: 7, labelOf });
  const rare = (of: { label: string }[]) => of.filter(({ label }) => label === 'rare').length;
  expect([rare(train), rare(validation), validation.length]).toEqual([3, 1, 50]);
});

test('with a time the newest rows validate, wherever they stand in the file', () => {
  const rows = [5, 1, 4, 2, 3].map((at) => ({ label: 'a', at }));
  expect(splitValidation(rows, { share: 0.4, seed: 1, labelOf })).toEqual({
    train: [
      { label: 'a', at: 1 },
      { label: 'a', at: 2 },
      { label: 'a', at: 3 },
    ],
    validation: [
      { label: 'a', at: 5 },
      { label: 'a', at: 4 },
    ],
  });
});

test('rows of one entity are on one side, whoever else they are like', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({ label: 'a', at: null, entity: `p${i % 25}` }));
  const { train, validation } = splitValidation(rows, { share: 0.2, seed: 3, labelOf });
  const held = new Set(validation.map(({ entity }) => entity));
  expect(validation.length / rows.length).toBeCloseTo(0.2, 1);
  expect(train.some(({ entity }) => held.has(entity))).toBe(false);
});
