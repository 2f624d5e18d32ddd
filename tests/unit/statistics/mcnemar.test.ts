import { expect, test } from 'vitest';
import { mcnemar } from '../../../statistics/mcnemar.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';

// Computed independently from the binomial sums; see McNemar 1947 and Fagerland et al. 2013 for the definitions.
test.each([
  [10, 2, 0.0385742, 0.0224609],
  [15, 5, 0.0413895, 0.0266037],
  [30, 20, 0.2026388, 0.1607796],
  [6, 1, 0.125, 0.0703125],
])('%i against %i: exact p %f, mid-p %f, whichever side is ahead', (b, c, exactP, midP) => {
  for (const p of [mcnemar(b, c), mcnemar(c, b)]) {
    expect(p.exactP).toBeCloseTo(exactP, 6);
    expect(p.midP).toBeCloseTo(midP, 6);
  }
});

test('even sides say nothing', () => {
  expect(mcnemar(0, 0)).toEqual({ exactP: 1, midP: 1 });
  expect(mcnemar(1, 1)).toEqual({ exactP: 1, midP: 0.75 });
});

test('what is no count is refused', () => {
  expect(() => mcnemar(-1, 2)).toThrow(InvalidInput);
  expect(() => mcnemar(1.5, 2)).toThrow(InvalidInput);
});
