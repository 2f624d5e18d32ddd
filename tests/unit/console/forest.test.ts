import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { placeSides } from '../../../console/charts/forest.tsx';

const LETTER = 6.8;

test('both sides of a forest are named in words that have room, wherever zero is, and never touch', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(150, 196, 330),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (width, share) => {
        const { words, end, start } = placeSides(share * width, width);
        expect(end - LETTER * words[0].length).toBeGreaterThanOrEqual(-0.01);
        expect(start + LETTER * words[1].length).toBeLessThanOrEqual(width + 0.01);
        expect(start - end).toBeGreaterThanOrEqual(17.9);
      },
    ),
  );
});

test('where there is room they are the long ones, also beside a zero at the very edge', () => {
  expect(placeSides(8, 330).words).toEqual(['← champion better', 'challenger better →']);
  expect(placeSides(60, 150).words).toEqual(['← worse', 'better →']);
});
