import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { rehearsal } from '../../../../training/regularisers/rehearsal.ts';

test('all new examples, and old ones in their share; each old one once before any comes again', () => {
  assert(
    property(
      integer({ min: 1, max: 40 }),
      integer({ min: 1, max: 60 }),
      double({ min: 0, max: 0.9, noNaN: true }),
      (fresh, old, ratio) => {
        const { rows, rowAt } = rehearsal({ fresh, old, ratio, seed: 1 });
        const times = new Int32Array(fresh + old);
        const epochs = 5;
        for (let epoch = 0; epoch < epochs; epoch += 1)
          for (let place = 0; place < rows; place += 1) times[rowAt(place, epoch)]! += 1;
        expect([...times.subarray(0, fresh)]).toEqual(Array.from({ length: fresh }, () => epochs));
        const olds = [...times.subarray(fresh)];
        expect(Math.max(...olds) - Math.min(...olds)).toBeLessThanOrEqual(1);
        expect(Math.max(...olds)).toBeLessThanOrEqual(4 * epochs);
        if (rows - fresh < 4 * old) expect(Math.abs(rows - fresh - rows * ratio)).toBeLessThan(1);
      },
    ),
    { numRuns: 100 },
  );
});

test('without old examples there are none, and without a share either', () => {
  expect(rehearsal({ fresh: 10, old: 0, ratio: 0.5, seed: 1 }).rows).toBe(10);
  expect(rehearsal({ fresh: 10, old: 10, ratio: 0, seed: 1 }).rows).toBe(10);
});
