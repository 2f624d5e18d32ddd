import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of chance that is the same for the same seed, on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Fisher–Yates, in place. */
  shuffle(items: Int32Array): void;
};

export function random(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  return {
    uniform,
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i -= 1) {
        const j = Math.floor(uniform() * (i + 1));
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
    },
  };
}
