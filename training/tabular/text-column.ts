/**
 * A text among other columns: the most frequent words and pairs of neighbouring words of the training rows, an input
 * each, weighted by TF-IDF. A text of n words in which a term stands f times gets there
 *
 *     x = (1 + ln f) · weight / √n     weight = idf / c     idf = 1 + ln((1 + texts) / (1 + texts with the term))
 *
 * c makes the square of |x| 1 in the mean of the training texts. Where each text is divided by its own |x| instead, x
 * of a term depends on which other terms are known; so it does not, and a warm start can carry weights over to another
 * vocabulary (warm-start.ts). One more input says that a text has words, but none that is known.
 *
 * Source: G. Salton, C. Buckley, "Term-weighting approaches in automatic text retrieval", Information Processing &
 * Management 24 (1988); idf smoothed as in scikit-learn's TfidfVectorizer.
 */
export type TextColumn = { kind: 'text'; terms: readonly Term[]; missing: boolean };
/** A word or a pair of words with a space between, and how much it says: rare ones say more. */
export type Term = { term: string; weight: number };

/** Inputs that the texts of a row share among them: what keeps matrix and first layer affordable. */
const TERMS_AT_MOST = 512;
/** A word that only one row has would be learnt by heart. */
const LEAST_TEXTS = 2;

/** How many terms each of so many text columns may have. */
export const termsForEach = (textColumns: number): number =>
  Math.max(1, Math.floor(TERMS_AT_MOST / textColumns));

/** Words of letters and digits of any script, lower-cased. Scripts without spaces give a word a phrase. */
export const wordsOf = (text: string): string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];

/** The most frequent terms of the training texts, with their weights. */
export function fitTerms(texts: readonly string[], atMost: number): Term[] {
  const terms = frequentTerms(texts, atMost).map(({ term, count }) => ({
    term,
    weight: 1 + Math.log((1 + texts.length) / (1 + count)),
  }));
  const places = placesOf(terms);
  let [known, squares] = [0, 0];
  for (const text of texts) {
    const values = valuesOf(terms, places, wordsOf(text));
    if (values.length > 0) known += 1;
    for (const [, x] of values) squares += x * x;
  }
  const c = Math.sqrt(squares / known);
  return terms.map(({ term, weight }) => ({ term, weight: weight / c }));
}

/**
 * The most frequent terms of texts, the first of them first. Of equally frequent ones words come before pairs, each
 * in alphabetical order.
 *
 * A pair is at most as frequent as both its words, so only pairs of words that are among the most frequent ones are
 * counted, and no more than their square is ever remembered.
 */
export function frequentTerms(texts: readonly string[], atMost: number): { term: string; count: number }[] {
  const words = mostFrequent(countTexts(texts, wordsOf), atMost);
  const frequent = new Set(words.map(([word]) => word));
  const pairs = countTexts(texts, (text) =>
    pairsOf(wordsOf(text)).flatMap(([a, b]) => (frequent.has(a) && frequent.has(b) ? [`${a} ${b}`] : [])),
  );
  return [...words, ...mostFrequent(pairs, atMost)]
    .sort(([, a], [, b]) => b - a)
    .slice(0, atMost)
    .map(([term, count]) => ({ term, count }));
}

/** Where each term of a column stands among its inputs. */
export const placesOf = (terms: readonly Term[]): ReadonlyMap<string, number> =>
  new Map(terms.map(({ term }, i) => [term, i]));

/** Writes a text's inputs from `start` on. False where it has words, but none that is known. */
export function encodeText(
  { terms }: TextColumn,
  places: ReadonlyMap<string, number>,
  text: string,
  matrix: Float32Array,
  start: number,
): boolean {
  const words = wordsOf(text);
  const values = valuesOf(terms, places, words);
  for (const [place, x] of values) matrix[start + place] = x;
  const isKnown = values.length > 0 || words.length === 0;
  if (!isKnown) matrix[start + terms.length] = 1;
  return isKnown;
}

/** The inputs of a text that are not 0. */
function valuesOf(
  terms: readonly Term[],
  places: ReadonlyMap<string, number>,
  words: readonly string[],
): [place: number, x: number][] {
  const times = new Map<number, number>();
  for (const term of [...words, ...pairsOf(words).map(([a, b]) => `${a} ${b}`)]) {
    const place = places.get(term);
    if (place !== undefined) times.set(place, (times.get(place) ?? 0) + 1);
  }
  const length = Math.sqrt(words.length);
  return [...times].map(([place, f]) => [place, ((1 + Math.log(f)) * terms[place]!.weight) / length]);
}

const pairsOf = (words: readonly string[]): [string, string][] =>
  words.slice(1).map((word, i) => [words[i]!, word]);

/** In how many texts each term stands. */
function countTexts(
  texts: readonly string[],
  termsOf: (text: string) => readonly string[],
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const term of new Set(termsOf(text))) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

const mostFrequent = (counts: ReadonlyMap<string, number>, atMost: number): [string, number][] =>
  [...counts]
    .filter(([, count]) => count >= LEAST_TEXTS)
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, atMost);
