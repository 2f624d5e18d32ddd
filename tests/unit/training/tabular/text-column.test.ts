import { describe, expect, test } from 'vitest';
import { number, text } from '../../../../domain/input.ts';
import {
  encode,
  encodedColumns,
  fitPreprocessing,
  sayIdleColumns,
} from '../../../../training/tabular/preprocessing.ts';
import { fitTerms, frequentTerms, wordsOf } from '../../../../training/tabular/text-column.ts';
import { random } from '../../../../training/random.ts';

const input = { note: text(), n: number() };
const rowsOf = (...notes: (string | null)[]) => notes.map((note, n) => ({ note, n }));

test('words are letters and digits of any script, lower-cased', () => {
  expect(wordsOf('Don’t PAY 3×: Straße, кошка_2!')).toEqual(['don', 't', 'pay', '3', 'straße', 'кошка', '2']);
  expect(wordsOf('…')).toEqual([]);
});

describe('terms', () => {
  test('are the words and pairs of at least two texts, the most frequent first', () => {
    expect(frequentTerms(['not good', 'Not good at all', 'good', 'bad bad bad'], 10)).toEqual([
      { term: 'good', count: 3 },
      { term: 'not', count: 2 },
      { term: 'not good', count: 2 },
    ]);
  });

  test('weigh by how rare they are, so that the squares of a text are 1 in the mean', () => {
    const texts = ['not good', 'Not good at all', 'good', 'bad bad bad'];
    const [good, not] = fitTerms(texts, 10);
    // scikit-learn's smooth idf: 1 + ln((1 + texts) / (1 + texts with the term)).
    expect(not!.weight / good!.weight).toBeCloseTo((1 + Math.log(5 / 3)) / (1 + Math.log(5 / 4)), 12);
    const rows = texts.map((note) => ({ note }));
    const { matrix } = encode(fitPreprocessing({ note: text() }, rows), rows);
    // The last text has no known word: only its place for that is set.
    const squares = [...matrix].reduce((sum, x) => sum + x * x, 0);
    expect(squares).toBeCloseTo(3 * 1 + 1, 5);
  });

  test('are the same as if every pair had been counted', () => {
    const chance = random(7);
    const words = 'a b c d e f g h i j k l'.split(' ');
    // The square makes the first words frequent, and pairs of them more frequent than the rare words.
    const texts = Array.from({ length: 200 }, () =>
      Array.from({ length: 6 }, () => words[Math.floor(words.length * chance.uniform() ** 3)]!).join(' '),
    );
    const counts = new Map<string, number>();
    for (const one of texts) {
      const list = one.split(' ');
      const pairs = list.slice(1).map((word, i) => `${list[i]} ${word}`);
      for (const term of new Set([...list, ...pairs])) counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    const expected = [...counts]
      .sort(([a, n], [b, m]) => m - n || a.length - b.length || (a < b ? -1 : 1))
      .map(([term]) => term);
    expect(expected.slice(0, 12)).not.toEqual(words);
    expect(frequentTerms(texts, 12).map(({ term }) => term)).toEqual(expected.slice(0, 12));
  });

  test('are shared out among the texts of a row', () => {
    const rows = Array.from({ length: 1_200 }, (_, i) => ({ a: `w${i % 600}`, b: `w${i % 600}` }));
    const widthOf = (features: Parameters<typeof fitPreprocessing>[0]) =>
      encodedColumns(fitPreprocessing(features, rows)).length;
    // The last input of each says that no word is known.
    expect(widthOf({ a: text() })).toBe(512 + 1);
    expect(widthOf({ a: text(), b: text() })).toBe(2 * (256 + 1));
  });
});

describe('a text among columns', () => {
  const fitted = fitPreprocessing(input, rowsOf('late again', 'late', 'again', null));

  test('becomes a number for each term, one for unknown words, and one for a missing text', () => {
    expect(encodedColumns(fitted)).toEqual([
      'note~again',
      'note~late',
      'note:unknown',
      'note:missing',
      'n:value',
    ]);
    const encoded = encode(fitted, rowsOf('Late, so late!', 'never', null, ''));
    const row = (i: number) => [...encoded.matrix.subarray(i * 5, i * 5 + 4)];
    // One word has weight c·idf, two have it twice over √2: either way the square of a text is idf²/c², and 1.
    expect(row(0)[1]).toBeCloseTo((1 + Math.log(2)) / Math.sqrt(3), 6);
    expect(row(0).with(1, 0)).toEqual([0, 0, 0, 0]);
    expect(row(1)).toEqual([0, 0, 1, 0]);
    expect(row(2)).toEqual([0, 0, 0, 1]);
    expect(row(3)).toEqual([0, 0, 0, 0]);
    expect([encoded.unknown, encoded.missing]).toEqual([{ note: 1 }, { note: 1 }]);
  });

  test('is encoded the same after a round trip through JSON', () => {
    const again = JSON.parse(JSON.stringify(fitted)) as typeof fitted;
    const rows = rowsOf('again and again late', 'constructor', null);
    expect(encode(again, rows)).toEqual(encode(fitted, rows));
  });

  test('of which no word comes twice says nothing, and that is said', () => {
    const nothing = fitPreprocessing(input, rowsOf('one', 'two', 'three'));
    expect(encodedColumns(nothing)).toEqual(['note:unknown', 'n:value']);
    expect(sayIdleColumns(nothing)).toEqual([
      'No word of "note" stands in two training rows, so it says nothing to this version.',
    ]);
  });
});
