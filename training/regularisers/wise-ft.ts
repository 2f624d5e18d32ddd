import type { NamedTensor } from '../safetensors.ts';

/**
 * WiSE-FT: weights between the champion's and the challenger's, (1 − share) · champion + share · challenger. Between the
 * two there is often one that keeps nearly all of the old and has nearly all of the new; it costs no training. What the
 * champion has not, or in another shape (a head for other labels), is the challenger's.
 *
 * Source: M. Wortsman et al., "Robust fine-tuning of zero-shot models" (2022).
 *
 * @param share 0: the champion, 1: the challenger
 */
export function interpolate(
  champion: readonly NamedTensor[],
  challenger: readonly NamedTensor[],
  share: number,
): NamedTensor[] {
  const old = new Map(champion.map((tensor) => [tensor.name, tensor]));
  return challenger.map(({ name, shape, values }) => {
    const before = old.get(name);
    if (!before || before.shape.join() !== shape.join()) return { name, shape, values };
    return { name, shape, values: values.map((x, i) => (1 - share) * before.values[i]! + share * x) };
  });
}

/** How weights of one share did. */
export type ShareScore = Readonly<{
  share: number;
  /** On what the challenger was trained for; larger is better. */
  gained: number;
  /** On what the champion could do before. */
  kept: number;
}>;

/**
 * The share that gains most among those that keep enough of the old; where none does, the one at which gained and kept
 * come to most together. Of equal ones the one nearer to the champion.
 *
 * @param scores at least one
 * @param keepAtLeast the least `kept`
 */
export function chooseShare(scores: readonly ShareScore[], keepAtLeast: number): ShareScore {
  const enough = scores.filter(({ kept }) => kept >= keepAtLeast);
  const worth = ({ gained, kept }: ShareScore) => (enough.length > 0 ? gained : gained + kept);
  const nearestFirst = (enough.length > 0 ? enough : [...scores]).sort((a, b) => a.share - b.share);
  return nearestFirst.reduce((best, score) => (worth(score) > worth(best) ? score : best));
}
