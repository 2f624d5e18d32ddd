/**
 * Permutation test: if the two samples were one, every split of their values would be as good as the one at hand. p is
 * the share of drawn splits whose statistic is at least as large, (1 + #) / (1 + drawn): never zero, and never wrong
 * about its level, whatever the statistic and the distribution.
 *
 * Source: B. Phipson and G. K. Smyth, "Permutation p-values should never be zero", Stat. Appl. Genet. Mol. 9 (2010).
 */
import { drawer, shuffle } from './drawer.ts';

export type Permutations = Readonly<{ permutations: number; seed: number }>;

/** Statistics that are equal but for rounding are equal. */
const ROUNDING = 1e-12;

/** @param statistic large where the samples differ */
export function permutationP<T>(
  first: readonly T[],
  second: readonly T[],
  statistic: (first: readonly T[], second: readonly T[]) => number,
  options: Permutations,
): number {
  const pooled = [...first, ...second];
  const observed = statistic(first, second);
  return permutationShare(observed, options, (draw) => {
    shuffle(pooled, draw);
    return statistic(pooled.slice(0, first.length), pooled.slice(first.length));
  });
}

/** The same where a statistic is had from a split more quickly than from its values. */
export function permutationShare(
  observed: number,
  { permutations, seed }: Permutations,
  split: (draw: (below: number) => number) => number,
): number {
  const draw = drawer(seed);
  const least = observed - ROUNDING * Math.abs(observed);
  let asLarge = 0;
  for (let k = 0; k < permutations; k += 1) if (split(draw) >= least) asLarge += 1;
  return (1 + asLarge) / (1 + permutations);
}
