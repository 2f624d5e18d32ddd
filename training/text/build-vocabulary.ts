import { bertWords } from './bert-words.ts';

/** What BERT reserves, in its order. */
export const SPECIAL_TOKENS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** What a piece begins with that goes on with a word. */
const GOES_ON = '##';

export type VocabularyOptions = Readonly<{
  /** Pieces at most, special ones included. */
  size: number;
  /** Words that occur less often are spelt out of pieces. */
  least: number;
}>;

/**
 * A WordPiece vocabulary for a base that begins anew: special tokens, every character, the endings that turn one known
 * word into another (`##s`, `##ing`), and the most frequent words, whole. A word of few texts says little by itself; its
 * stem and ending say what they have said before.
 *
 * @param texts of the training rows only: what is in the others may not be known yet
 * @returns pieces in the order of their ids; the same texts give the same ids
 */
export function buildVocabulary(texts: Iterable<string>, { size, least }: VocabularyOptions): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) for (const word of bertWords(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  const frequent = byCount(counts).filter(([, n]) => n >= least);
  const pieces = new Set<string>(SPECIAL_TOKENS);
  const add = (piece: string) => {
    if (pieces.size < size) pieces.add(piece);
  };
  const characters = [...new Set([...counts.keys()].flatMap((word) => Array.from(word)))].sort(byCodePoint);
  for (const character of characters) {
    add(character);
    add(GOES_ON + character);
  }
  for (const [ending] of byCount(endings(frequent))) add(GOES_ON + ending);
  for (const [word] of frequent) add(word);
  return [...pieces];
}

/** Endings after which a frequent word is another frequent one, with how many such pairs there are; of ten or more. */
function endings(frequent: readonly (readonly [string, number])[]): Map<string, number> {
  const known = new Set(frequent.map(([word]) => word));
  const pairs = new Map<string, number>();
  for (const word of known)
    for (let at = Math.max(SHORTEST_STEM, word.length - LONGEST_ENDING); at < word.length; at += 1)
      if (known.has(word.slice(0, at))) pairs.set(word.slice(at), (pairs.get(word.slice(at)) ?? 0) + 1);
  return new Map([...pairs].filter(([, n]) => n >= PAIRS_OF_AN_ENDING));
}

const SHORTEST_STEM = 3;
const LONGEST_ENDING = 5;
const PAIRS_OF_AN_ENDING = 10;

/** The most frequent first; of two that are as frequent the one that sorts first, so that the ids are the same everywhere. */
const byCount = (counts: ReadonlyMap<string, number>): [string, number][] =>
  [...counts].sort(([a, n], [b, m]) => m - n || byCodePoint(a, b));

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
