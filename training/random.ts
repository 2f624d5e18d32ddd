import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of chance that is the same for the same seed, on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Fisher–Yates, in place. */
  shuffle(items: Int32Array): void;
  /** Where the stream is; `resumeRandom` goes on from there. */
  state(): readonly number[];
};

type Generator = ReturnType<typeof xoroshiro128plus>;

export const random = (seed: number): Random => drawFrom(xoroshiro128plus(seed));

/** The same stream, from where `state()` was asked. Throws on anything that is no such state. */
export const resumeRandom = (state: readonly number[]): Random => drawFrom(xoroshiro128plusFromState(state));

function drawFrom(generator: Generator): Random {
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  return {
    uniform,
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i -= 1) {
        const j = Math.floor(uniform() * (i + 1));
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
    },
    state: () => [...generator.getState()],
  };
}
