import { mersenne } from 'pure-rand/generator/mersenne';

/** Numbers from 0 to below 1, the same ones for the same seed, and unlike those of any other. */
export function randomShares(seed: number): () => number {
  const generator = mersenne(seed);
  return () => (generator.next() >>> 0) / 2 ** 32;
}
