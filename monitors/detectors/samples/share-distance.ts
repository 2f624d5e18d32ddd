/**
 * Distances of shares, for numbers and categories alike. Numbers are binned by the quantiles of the reference, with open
 * outer bins, so that nothing falls beside; categories are their own bins, those that only one side has included.
 */
import { permutationP } from '../../../statistics/permutation.ts';
import { binShares, quantileEdges } from '../../../statistics/shares.ts';
import { whole } from '../knobs.ts';
import { defineSampleTest, permutationKnobs } from './sample-test.ts';

/** Shares of the reference and of what is current, in the same bins. */
type Distance = (reference: readonly number[], current: readonly number[]) => number;

const knobs = {
  bins: whole(10, { atLeast: 2, atMost: 1_000 }, 'of numbers: more sees finer changes, and more chance'),
  ...permutationKnobs,
};

type ShareDistance = Omit<
  Parameters<typeof defineSampleTest<typeof knobs, 'numbers'>>[0],
  'takes' | 'knobs' | 'compare'
>;

export const defineShareDistance = (description: ShareDistance, distance: Distance) =>
  defineSampleTest({
    ...description,
    takes: ['numbers', 'categories'],
    knobs,
    compare(reference, current, { bins, permutations, seed }) {
      const statistic = (a: Value[], b: Value[]) => distance(...sharesOf(a, b, bins));
      const [a, b] = [[...reference], [...current]] as [Value[], Value[]];
      return {
        statistic: statistic(a, b),
        pValue:
          permutations === 0
            ? null
            : permutationP(a, b, statistic as (a: readonly Value[], b: readonly Value[]) => number, {
                permutations,
                seed,
              }),
      };
    },
  });

type Value = number | string;

/** Shares of both in the same bins. */
export function sharesOf(
  reference: readonly Value[],
  current: readonly Value[],
  bins: number,
): [reference: number[], current: number[]] {
  if (typeof reference[0] === 'string') {
    const [of, now] = [countsOf(reference), countsOf(current)];
    const categories = [...new Set([...of.keys(), ...now.keys()])].sort();
    return [
      categories.map((category) => (of.get(category) ?? 0) / reference.length),
      categories.map((category) => (now.get(category) ?? 0) / current.length),
    ];
  }
  const edges = quantileEdges(reference as readonly number[], bins);
  return [binShares(reference as readonly number[], edges), binShares(current as readonly number[], edges)];
}

export function countsOf<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
