import { plainText } from './content-key.ts';
import { groupsBy } from './groups-by.ts';
import { BAND, jaccard, minHash, shinglesOf } from './min-hash.ts';

/** From this similarity on two texts say the same in other words' places: a typo, a comma, a name. */
const SIMILAR = 0.8;

/** So many of a bucket are compared with a newcomer; a template that thousands share would cost their square. */
const COMPARED = 50;

/**
 * Groups of texts that are nearly the same, each with two or more; indices ascending. Texts that agree in a band of
 * their signatures are compared shingle by shingle, so that no pair is in a group by chance; a pair of exactly the least
 * similarity is missed once in 5,000.
 *
 * @param similarity of shingles in both to those in either, 0 to 1
 */
export function nearDuplicates(texts: readonly string[], similarity = SIMILAR): number[][] {
  const parent = Int32Array.from(texts, (_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
    return at;
  };
  const all = texts.map((text) => shinglesOf(plainText(text)));
  const buckets = new Map<string, number[]>();
  for (const [i, shingles] of all.entries()) {
    const signature = minHash(shingles);
    for (let band = 0; band < signature.length; band += BAND) {
      const key = `${band}:${signature.subarray(band, band + BAND).join()}`;
      const bucket = buckets.get(key) ?? [];
      for (const other of bucket) {
        const [a, b] = [rootOf(i), rootOf(other)];
        if (a !== b && jaccard(shingles, all[other]!) >= similarity) parent[Math.max(a, b)] = Math.min(a, b);
      }
      if (bucket.length < COMPARED) bucket.push(i);
      buckets.set(key, bucket);
    }
  }
  return groupsBy(texts.keys(), rootOf).filter((group) => group.length > 1);
}

/** Groups of nearly the same texts that have some on either side; indices of each side, ascending. */
export const nearAcross = (
  left: readonly string[],
  right: readonly string[],
): { left: number[]; right: number[] }[] =>
  nearDuplicates([...left, ...right])
    .map((group) => ({
      left: group.filter((i) => i < left.length),
      right: group.flatMap((i) => (i < left.length ? [] : [i - left.length])),
    }))
    .filter((group) => group.left.length > 0 && group.right.length > 0);
