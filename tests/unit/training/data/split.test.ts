import { array, assert, constantFrom, double, integer, option, property } from 'fast-check';
import { expect, test } from 'vitest';
import { splitByGroup, splitByTime } from '../../../../training/data/split.ts';
import { random } from '../../../../training/random.ts';

const share = double({ min: 0, max: 1, noNaN: true });
const all = (n: number) => Array.from({ length: n }, (_, i) => i);
const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

test('no entity is on both sides, every row is on one, and the share is met within one group', () => {
  const entity = option(constantFrom('ann', 'bob', 'cid', 'dan'), { nil: undefined });
  assert(
    property(array(entity, { maxLength: 60 }), share, integer({ min: 0, max: 99 }), (groups, held, seed) => {
      const split = splitByGroup(groups, held, random(seed));
      expect(sorted([...split.train, ...split.held])).toEqual(all(groups.length));
      const inTrain = new Set(split.train.flatMap((i) => groups[i] ?? []));
      expect(split.held.some((i) => groups[i] !== undefined && inTrain.has(groups[i]))).toBe(false);
      const sizes = [1, ...['ann', 'bob', 'cid', 'dan'].map((g) => groups.filter((x) => x === g).length)];
      expect(Math.abs(split.held.length - held * groups.length)).toBeLessThanOrEqual(Math.max(...sizes));
      expect(splitByGroup(groups, held, random(seed))).toEqual(split);
    }),
  );
});

test('all that is held out is newer than all that is not, and at most the share', () => {
  assert(
    property(array(integer({ min: 0, max: 20 }), { maxLength: 60 }), share, (times, held) => {
      const split = splitByTime(times, held);
      expect(sorted([...split.train, ...split.held])).toEqual(all(times.length));
      expect(split.held.length).toBeLessThanOrEqual(times.length * held);
      const newestTrained = Math.max(-1, ...split.train.map((i) => times[i]!));
      for (const i of split.held) expect(times[i]!).toBeGreaterThan(newestTrained);
    }),
  );
  expect(splitByTime([3, 1, 2, 4], 0.5)).toEqual({ train: [1, 2], held: [0, 3] });
});
