import type { ReplayStream } from '../../../../training/replay/replay.ts';

/** A model that knows one concept, by its parity: which of two opposite rules held for most of its training rows. */
export type Concept = number;

/**
 * A stream whose labels follow concept 0 or 1, with every `noiseEvery`-th row beyond learning. What a version answers
 * is right on a row exactly when it learnt the concept in force there, noise aside; where they are lucky, each version is
 * right on a fifth of the noise too, which is another fifth for the next one.
 */
export function conceptStream(
  regimes: readonly [concept: Concept, rows: number][],
  options: { firstRows?: number; delay?: number; noiseEvery?: number; isLucky?: boolean } = {},
): ReplayStream<Concept> & { trained: { from: number; to: number }[] } {
  const { firstRows = 500, delay = 0, noiseEvery = 10, isLucky = false } = options;
  const concepts = regimes.flatMap(([concept, rows]) => Array<Concept>(rows).fill(concept));
  const trained: { from: number; to: number }[] = [];
  return {
    trained,
    firstRows,
    delay,
    labels: concepts.map((concept, row) => (row % noiseEvery === 0 ? 2 : concept)),
    train({ from, to }) {
      trained.push({ from, to });
      const ones = concepts.slice(from, to).reduce<number>((sum, concept) => sum + concept, 0);
      return (ones * 2 > to - from ? 1 : 0) + 2 * trained.length;
    },
    predict(model, from, to) {
      const own = noiseEvery * ((model >> 1) % 5);
      return Uint8Array.from({ length: to - from }, (_, i) =>
        isLucky && (from + i) % (5 * noiseEvery) === own ? 2 : model % 2,
      );
    },
  };
}
