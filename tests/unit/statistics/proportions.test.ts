import { expect, test } from 'vitest';
import { clopperPearson, twoProportionZ, wilson } from '../../../statistics/proportions.ts';
import { InvalidInput } from '../../../statistics/invalid-input.ts';

test('no success and no failure touch the ends', () => {
  expect(wilson(0, 20).low).toBe(0);
  expect(wilson(20, 20).high).toBe(1);
  expect(clopperPearson(0, 20).low).toBe(0);
  expect(clopperPearson(20, 20).high).toBe(1);
});

test('none of n failed: the exact upper bound is about 3/n', () => {
  expect(clopperPearson(0, 1_000, 0.9).high).toBeCloseTo(3 / 1_000, 4); // one-sided .95
});

test('equal shares differ by nothing, even where there is no spread', () => {
  expect(twoProportionZ({ successes: 0, trials: 10 }, { successes: 0, trials: 20 })).toEqual({
    difference: 0,
    z: 0,
    p: 1,
  });
});

test('a share of nothing is refused with its values', () => {
  for (const ask of [
    () => wilson(0, 0),
    () => wilson(5, 4),
    () => clopperPearson(-1, 4),
    () => wilson(1.5, 4),
  ]) {
    expect(ask).toThrow(InvalidInput);
  }
  expect(() => wilson(5, 4)).toThrow('wilson: 5 of 4 is no share.');
});
