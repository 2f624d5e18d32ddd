import { array, assert, integer, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { epochOrder } from '../../../../training/fine-tuning/epoch-order.ts';
import { random } from '../../../../training/random.ts';

const batchesOf = (order: Int32Array, size: number) =>
  Array.from({ length: Math.ceil(order.length / size) }, (_, i) => [
    ...order.subarray(i * size, (i + 1) * size),
  ]);

test('every row is in an epoch once, with lengths and without', () => {
  assert(
    property(
      array(nat(100), { maxLength: 300 }),
      integer({ min: 1, max: 40 }),
      nat(),
      (lengths, size, seed) => {
        const rows = lengths.map((_, i) => i);
        for (const of of [null, Int32Array.from(lengths)]) {
          const order = epochOrder(rows.length, of, size, random(seed));
          expect([...order].sort((a, b) => a - b)).toEqual(rows);
        }
      },
    ),
  );
});

test('rows of a similar length share a batch, so little is padded', () => {
  const chance = random(1);
  const lengths = Int32Array.from({ length: 1_600 }, () => 1 + Math.floor(chance.uniform() * 60));
  const padded = (order: Int32Array) =>
    batchesOf(order, 16)
      .map((batch) => batch.length * Math.max(...batch.map((row) => lengths[row]!)))
      .reduce((a, b) => a + b);
  const tokens = lengths.reduce((a, b) => a + b);
  expect(padded(epochOrder(1_600, lengths, 16, random(2)))).toBeLessThan(1.1 * tokens);
  expect(padded(epochOrder(1_600, null, 16, random(2)))).toBeGreaterThan(1.7 * tokens);
});

test('no two epochs are alike, and short rows do not come first', () => {
  const lengths = Int32Array.from({ length: 640 }, (_, row) => row);
  const chance = random(4);
  const [one, two] = [epochOrder(640, lengths, 8, chance), epochOrder(640, lengths, 8, chance)];
  expect([...one]).not.toEqual([...two]);
  const half = (order: Int32Array, from: number) =>
    order.subarray(from, from + 320).reduce((sum, row) => sum + lengths[row]!, 0) / 320;
  expect(Math.abs(half(one, 0) - half(one, 320))).toBeLessThan(100);
});
