import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../../../training/random.ts';
import { rehearse } from '../../../../training/regularisers/rehearsal.ts';

test('the share of what is old is the ratio, and each old example comes once before any comes again', () => {
  assert(
    property(
      integer({ min: 1, max: 40 }),
      integer({ min: 1, max: 30 }),
      double({ min: 0, max: 0.8, noNaN: true }),
      (oldRows, fresh, ratio) => {
        const rehearsal = rehearse(oldRows, ratio, random(1));
        const drawn = Array.from({ length: 50 }, () => [...rehearsal.draw(fresh)]).flat();
        expect(Math.abs(drawn.length - (50 * fresh * ratio) / (1 - ratio))).toBeLessThanOrEqual(1.001);
        const times = Array.from({ length: oldRows }, (_, row) => drawn.filter((r) => r === row).length);
        expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 50 },
  );
});

test('without old examples there are none, and without a ratio either', () => {
  expect(rehearse(0, 0.5, random(1)).draw(10)).toHaveLength(0);
  expect(rehearse(10, 0, random(1)).draw(10)).toHaveLength(0);
});

test('goes on from its state', () => {
  const [chance, again] = [random(3), random(3)];
  const whole = rehearse(7, 0.3, chance);
  const first = rehearse(7, 0.3, again);
  for (let i = 0; i < 5; i += 1) expect(first.draw(4)).toEqual(whole.draw(4));
  const resumed = rehearse(7, 0.3, again, first.state());
  for (let i = 0; i < 9; i += 1) expect(resumed.draw(4)).toEqual(whole.draw(4));
});
