import { expect, test } from 'vitest';
import { chooseShare, interpolate } from '../../../../training/regularisers/wise-ft.ts';

const weights = (name: string, ...values: number[]) => ({
  name,
  shape: [values.length],
  values: Float32Array.from(values),
});

test('weights lie between the two, and are one of them at either end', () => {
  const [champion, challenger] = [[weights('a', 0, 2)], [weights('a', 4, 2)]];
  expect(interpolate(champion, challenger, 0.25)).toEqual([weights('a', 1, 2)]);
  expect(interpolate(champion, challenger, 0)).toEqual(champion);
  expect(interpolate(champion, challenger, 1)).toEqual(challenger);
});

test("a head for other labels, or one that is new, is the challenger's", () => {
  const challenger = [weights('head', 5, 6, 7), weights('new', 9)];
  expect(interpolate([weights('head', 1, 2)], challenger, 0.5)).toEqual(challenger);
});

test('the share that gains most is taken, of those that keep enough; where none does, that which is best at both', () => {
  const scores = [
    { share: 1, gained: 0.9, kept: 0.5 },
    { share: 0.5, gained: 0.85, kept: 0.9 },
    { share: 0.25, gained: 0.85, kept: 0.93 },
    { share: 0, gained: 0.4, kept: 0.95 },
  ];
  expect(chooseShare(scores, 0.9).share).toBe(0.25);
  expect(chooseShare(scores, 0.4).share).toBe(1);
  expect(chooseShare(scores, 0.99).share).toBe(0.25);
});
