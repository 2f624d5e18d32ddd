import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { array, assert, constantFrom, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentKey } from '../../../../training/data/content-key.ts';
import { findConflicts, findDuplicates, keptOf } from '../../../../training/data/duplicates.ts';
import { jaccard, minHash, shinglesOf } from '../../../../training/data/min-hash.ts';
import { nearDuplicates } from '../../../../training/data/near-duplicates.ts';
import { random } from '../../../../training/random.ts';
import { needsShared, shared } from '../../../support/shared-data.ts';

const example = (text: string, label = 'a', rest: object = {}) => ({ input: { text, ...rest }, label });
const textColumns = ['text'];
const question = 'Why has my transfer to another bank still not arrived after a week?';

describe('duplicates', () => {
  test('spaces, case and the last digits of numbers make no difference', () => {
    expect(contentKey({ a: 'My  Card ', b: 0.1 + 0.2 })).toBe(contentKey({ b: 0.3, a: 'my card' }));
    expect(contentKey({ a: 'my card' })).not.toBe(contentKey({ a: 'my cards' }));
    expect(contentKey({ a: 1.00001 })).not.toBe(contentKey({ a: 1 }));
    expect(contentKey({ a: '1' })).not.toBe(contentKey({ a: 1 }));
    expect(contentKey({ a: null })).not.toBe(contentKey({ a: '' }));
  });

  test('a typo or a comma more is nearly the same, another question is not', () => {
    const examples = [
      question,
      'How do I order a new card?',
      question.replace('week', 'weak'),
      question.replace('after', ', after'),
      question.toUpperCase(),
    ].map((text) => example(text));
    const duplicates = findDuplicates(examples, { textColumns });
    expect(duplicates).toEqual({ exact: [[0, 4]], near: [[0, 2, 3]] });
    expect(keptOf(examples, duplicates)).toEqual([0, 1]);
  });

  test('what differs in another column, or is no text, is not nearly the same', () => {
    const differing = [
      example(question, 'a', { plan: 'free' }),
      example(`${question}!`, 'a', { plan: 'team' }),
    ];
    expect(findDuplicates(differing, { textColumns }).near).toEqual([]);
    const segments = [example('customer segment 11'), example('customer segment 12')];
    expect(findDuplicates(segments)).toEqual({ exact: [], near: [] });
  });

  test('of rows that contradict each other the most frequent label counts, and people hear of them', () => {
    const examples = [example(question, 'b'), example(question, 'a'), example(question, 'a'), example('no')];
    expect(findConflicts(examples)).toEqual([[0, 1, 2]]);
    expect(keptOf(examples, findDuplicates(examples, { textColumns }))).toEqual([1, 3]);
    const nearly = [example(question, 'a'), example(`${question}!`, 'b')];
    expect(findDuplicates(nearly, { textColumns }).near).toEqual([[0, 1]]);
    expect(keptOf(nearly, findDuplicates(nearly, { textColumns }))).toEqual([0, 1]);
  });

  test('what is kept has no exact duplicate, and everything dropped has one that is kept', () => {
    const word = constantFrom('card', 'lost', 'help', 'fee');
    const label = constantFrom('a', 'b');
    assert(
      property(
        array(array(word, { maxLength: 3 })),
        array(label, { minLength: 40, maxLength: 40 }),
        (texts, labels) => {
          const examples = texts.map((words, i) => example(words.join(' '), labels[i % 40]));
          const kept = keptOf(examples, findDuplicates(examples));
          const keys = kept.map((i) => contentKey(examples[i]!.input));
          expect(new Set(keys).size).toBe(keys.length);
          expect(new Set(examples.map(({ input }) => contentKey(input)))).toEqual(new Set(keys));
        },
      ),
    );
  });
});

describe('MinHash', () => {
  test('agrees in about as many places as the texts share', () => {
    const chance = random(1);
    assert(
      property(integer({ min: 0, max: 400 }), (shared) => {
        const numbers = (n: number) =>
          Array.from({ length: n }, () => Math.floor(chance.uniform() * 2 ** 32));
        const both = numbers(shared);
        const [a, b] = [
          new Set([...both, ...numbers(400 - shared)]),
          new Set([...both, ...numbers(400 - shared)]),
        ];
        const [x, y] = [minHash(a), minHash(b)];
        const agreeing = x.filter((hash, i) => hash === y[i]).length / x.length;
        // Four standard deviations of 64 draws.
        expect(Math.abs(agreeing - jaccard(a, b))).toBeLessThan(0.25);
      }),
      { numRuns: 50 },
    );
  });

  test('finds every pair that a comparison of all with all finds', () => {
    const chance = random(7);
    const words = [
      'card',
      'transfer',
      'arrived',
      'payment',
      'declined',
      'account',
      'refund',
      'still',
      'pending',
    ];
    const base = Array.from({ length: 60 }, () =>
      Array.from({ length: 12 }, () => words[Math.floor(chance.uniform() * words.length)]).join(' '),
    );
    const texts = [...base, ...base.slice(0, 20).map((text) => text.replace(/\w(?=\w*$)/, 'x'))];
    const shingles = texts.map(shinglesOf);
    const groups = nearDuplicates(texts);
    const groupOf = (i: number) => groups.findIndex((group) => group.includes(i));
    let pairs = 0;
    for (let i = 0; i < texts.length; i += 1)
      for (let j = 0; j < i; j += 1) {
        if (jaccard(shingles[i]!, shingles[j]!) < 0.8) continue;
        pairs += 1;
        expect(groupOf(i), `${texts[i]} / ${texts[j]}`).toBe(groupOf(j));
        expect(groupOf(i)).toBeGreaterThanOrEqual(0);
      }
    expect(pairs).toBeGreaterThanOrEqual(15);
  });
});

const banking = 'data/banking77_train.csv';
test.skipIf(needsShared(banking).skip)('ten thousand real questions are looked through in seconds', () => {
  const rows = parse<{ text: string; category: string }>(readFileSync(shared(banking), 'utf8'), {
    columns: true,
  });
  const examples = rows.map(({ text, category }) => example(text, category));
  const duplicates = findDuplicates(examples, { textColumns });
  const dropped = examples.length - keptOf(examples, duplicates).length;
  expect(dropped).toBeGreaterThan(10);
  expect(dropped / examples.length).toBeLessThan(0.05);
});
