import type { InputRow } from '../../domain/input.ts';
import type { FeatureReference, ReferenceShares } from '../../domain/reference-shares.ts';
import { isBeyond, isNewCategory } from '../unlike-reference.ts';

/**
 * What is new in the newest rows: a category or a range that the champion has never learnt from, or a word that nobody
 * used before. One odd row is not new, it is odd: a thing is new when several of the newest rows have it.
 *
 *     a word with n rows, all of them among the newest share s of all rows:   sⁿ < α / words
 *
 * is how often that would be by chance, against as many words as could have been found (Bonferroni).
 */
export type Novelty = Readonly<{ what: string; feature: string; has: (input: InputRow) => boolean }>;

/** The newest rows, as a share of those that are looked at. */
const NEWEST = 0.25;
const ALPHA = 0.05;
/** Values that lie beyond the training rows come one by one in any stream. */
const ROWS_OF_VALUE = 3;
/** With fewer rows before, every word is new. */
const LEAST_BEFORE = 50;

/** @param rows newest first */
export function noveltiesIn(
  rows: readonly { input: InputRow }[],
  reference: ReferenceShares | null,
): Novelty[] {
  const inputs = rows.map(({ input }) => input);
  const newest = inputs.slice(0, Math.ceil(inputs.length * NEWEST));
  const before = inputs.slice(newest.length);
  const features = Object.entries(reference?.features ?? {});
  return [
    ...features.flatMap(([name, feature]) => newValues(name, feature, newest)),
    ...features.flatMap(([name, feature]) =>
      feature.kind === 'text' && before.length >= LEAST_BEFORE ? newWords(name, newest, before) : [],
    ),
  ];
}

function newValues(name: string, reference: FeatureReference, newest: readonly InputRow[]): Novelty[] {
  const beyond = newest.filter((input) => isBeyond(reference, input[name]));
  const found: Novelty[] =
    beyond.length < ROWS_OF_VALUE
      ? []
      : [
          {
            what: `${name} is beyond all that it learnt from`,
            feature: name,
            has: (input) => isBeyond(reference, input[name]),
          },
        ];
  const words = new Map<string, number>();
  for (const { [name]: value } of newest)
    if (isNewCategory(reference, value)) words.set(String(value), (words.get(String(value)) ?? 0) + 1);
  for (const [word, rows] of words)
    if (rows >= ROWS_OF_VALUE)
      found.push({
        what: `${name} is “${word}”, which it never learnt from`,
        feature: name,
        has: (input) => String(input[name] ?? '') === word,
      });
  return found;
}

function newWords(name: string, newest: readonly InputRow[], before: readonly InputRow[]): Novelty[] {
  const [now, then] = [rowsByWord(name, newest), rowsByWord(name, before)];
  const candidates = [...now].filter(([, rows]) => rows > 1).length;
  const share = newest.length / (newest.length + before.length);
  return [...now]
    .filter(([word, rows]) => !then.has(word) && share ** rows < ALPHA / Math.max(1, candidates))
    .toSorted(([, a], [, b]) => b - a)
    .map(([word]) => ({
      what: `says “${word}”, which nobody did before`,
      feature: name,
      has: (input) => wordsOf(input[name]).has(word),
    }));
}

function rowsByWord(name: string, inputs: readonly InputRow[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (const input of inputs)
    for (const word of wordsOf(input[name])) rows.set(word, (rows.get(word) ?? 0) + 1);
  return rows;
}

/** Words of three letters or more; shorter ones, and plain numbers, say nothing. */
const wordsOf = (value: InputRow[string] | undefined): Set<string> =>
  new Set(typeof value === 'string' ? (value.toLowerCase().match(/\p{L}[\p{L}\p{N}'’-]{2,}/gu) ?? []) : []);
