/**
 * How alike two texts are, from 0 to 1, by the runs of characters that they share: chrF, the mean over runs of 1 to 6
 * characters, recall counting twice as much as precision, spaces left out. It forgives an ending or a word out of place,
 * where an exact match forgives nothing, and needs no tokenizer of any language.
 *
 * A text shorter than a run has none of that length; such lengths are passed over, as in sacreBLEU's `sentence_chrf`.
 *
 * Source: M. Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015).
 */
export function chrf(given: string, expected: string): number {
  const [hypothesis, reference] = [letters(given), letters(expected)];
  let [precision, recall, lengths] = [0, 0, 0];
  for (let n = 1; n <= LONGEST_RUN; n += 1) {
    const [ours, theirs] = [runs(hypothesis, n), runs(reference, n)];
    const [all, wanted] = [hypothesis.length - n + 1, reference.length - n + 1];
    if (all <= 0 || wanted <= 0) continue;
    let shared = 0;
    for (const [run, times] of ours) shared += Math.min(times, theirs.get(run) ?? 0);
    precision += shared / all;
    recall += shared / wanted;
    lengths += 1;
  }
  if (lengths === 0 || precision + recall === 0) return 0;
  const [p, r] = [precision / lengths, recall / lengths];
  return ((1 + RECALL_WEIGHT) * p * r) / (RECALL_WEIGHT * p + r);
}

const LONGEST_RUN = 6;
/** β² of the F-score. */
const RECALL_WEIGHT = 2 ** 2;

/** Code points, as sacreBLEU counts them. */
const letters = (text: string): string[] => Array.from(text.replaceAll(/\s+/g, ''));

function runs(of: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + n <= of.length; at += 1) {
    const run = of.slice(at, at + n).join('');
    counts.set(run, (counts.get(run) ?? 0) + 1);
  }
  return counts;
}
