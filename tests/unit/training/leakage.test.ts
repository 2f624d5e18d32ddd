import { expect, test } from 'vitest';
import { findLeakage } from '../../../training/leakage.ts';

test('test rows that are training rows are found, each time they occur', () => {
  expect(findLeakage(['a', 'b', 'c'], ['x', 'b', 'b', 'y'])).toEqual({
    shared: [1, 2],
    share: 0.5,
    byChance: 0,
  });
});

test('rows that meet among themselves tell how often two meet by chance', () => {
  expect(findLeakage(['a', 'a', 'b', 'c'], ['a'])).toMatchObject({ share: 1, byChance: 0.5 });
  expect(findLeakage([], [])).toEqual({ shared: [], share: 0, byChance: 0 });
});
