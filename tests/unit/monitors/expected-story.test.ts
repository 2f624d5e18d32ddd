import { expect, test } from 'vitest';
import { sayExpected } from '../../../console/drift-report/drift-sentences.ts';
import type { Feature } from '../../../domain/input.ts';
import { tellExpected, type ScoredRow } from '../../../monitors/drift-story/expected-story.ts';
import { numbersBy } from '../../../monitors/drift-story/rows-as-numbers.ts';
import { referenceShares } from '../../../training/reference.ts';
import { randomShares } from '../../support/random-shares.ts';

const input: Record<string, Feature> = {
  x: { kind: 'number' },
  plan: { kind: 'category', values: ['free', 'paid'] },
};
const labels = ['no', 'yes'];
const random = randomShares(11);
/** As sure everywhere; right 19 times of 20 on one side, and `right` on the other. */
const rows = (count: number, far: number, right = 0.6): ScoredRow[] =>
  Array.from({ length: count }, () => {
    const x = random() < far ? 1 + random() : -1 - random();
    const score = 0.75 + 0.1 * random();
    const predicted = random() < 0.5 ? 'yes' : 'no';
    const isRight = random() < (x > 0 ? right : 0.95);
    const other = predicted === 'yes' ? 'no' : 'yes';
    const plan = random() < 0.5 ? 'free' : 'paid';
    return {
      input: { x, plan },
      label: isRight ? predicted : other,
      predicted,
      scores: { [predicted]: score, [other]: 1 - score },
    };
  });
const referenceOf = (first: readonly ScoredRow[]) =>
  referenceShares(
    input,
    first.map((row) => row.input),
    { labels },
    first.map(({ predicted }) => predicted),
  );
const tell = (first: readonly ScoredRow[], last: readonly ScoredRow[]) =>
  tellExpected(first, last, { labels, reference: referenceOf(first) });

test('where inputs move to rows that it always got wrong, only importance weighting expects what comes true', () => {
  const story = tell(rows(2_000, 0.2), rows(1_500, 0.8))!;
  const by = (method: string) =>
    story.expected.find((one) => one.method === method && one.metric === 'accuracy')!.range!;
  expect(story.cameTrue.accuracy).toBeCloseTo(0.67, 1);
  const error = (method: string) => Math.abs(by(method).estimate - story.cameTrue.accuracy);
  expect(error('importance-weighted')).toBeLessThan(0.05);
  for (const method of ['cbpe', 'atc', 'difference-of-confidences'])
    expect(error(method), method).toBeGreaterThan(0.12);
  expect(by('importance-weighted').low).toBeLessThan(story.cameTrue.accuracy);
  expect(story.effectiveRows).toBeLessThan(1_500);
  expect(sayExpected(story)).toContain('no label was needed');
  expect(JSON.parse(JSON.stringify(story))).toEqual(story);
});

test('what inputs mean has changed: outside of every band, and said so', () => {
  expect(sayExpected(tell(rows(1_000, 0.2), rows(1_000, 0.2, 0.05))!)).toContain('only labels can tell');
});

test('nothing is told of answers without scores, and nothing by weights where no reference row resembles those of now', () => {
  const first = rows(500, 0);
  expect(tell(first, rows(99, 0))).toBeNull();
  expect(
    tell(
      first.map((row) => ({ ...row, scores: null })),
      rows(500, 0),
    ),
  ).toBeNull();
  const elsewhere = rows(500, 0).map((row) => ({ ...row, input: { ...row.input, x: 900 + random() } }));
  const story = tell([...first, ...elsewhere.slice(0, 3)], elsewhere)!;
  const weighted = story.expected.filter(({ method }) => method === 'importance-weighted');
  expect(weighted.map(({ range }) => range)).toEqual([null, null, null]);
  expect(story.effectiveRows).toBeLessThan(100);
});

test('a row is the same numbers in both stretches, whatever is missing', () => {
  const numbers = numbersBy(referenceOf(rows(300, 0.5)));
  const width = numbers({ x: 1, plan: 'free' }).length;
  for (const row of [{ x: null, plan: null }, {}, { x: 'text', plan: 'gold' }]) {
    expect(numbers(row)).toHaveLength(width);
    expect(numbers(row).every(Number.isFinite)).toBe(true);
    expect(numbers(row)[1]).toBe(1);
  }
});
