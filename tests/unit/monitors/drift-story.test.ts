import { expect, test } from 'vitest';
import type { Feature, InputRow } from '../../../domain/input.ts';
import { advice, lede, sayChange, why } from '../../../console/drift-report/drift-sentences.ts';
import { tellDrift } from '../../../monitors/drift-story/drift-story.ts';
import type { ToldRow } from '../../../monitors/drift-story/drift-story.ts';
import { referenceShares } from '../../../training/reference.ts';
import { randomShares } from '../../support/random-shares.ts';

const input: Record<string, Feature> = {
  amount: { kind: 'number' },
  plan: { kind: 'category', values: ['free', 'paid'] },
};
const random = randomShares(7);
const usual = (): InputRow => ({ amount: random() * 100, plan: random() < 0.8 ? 'free' : 'paid' });
const before = Array.from({ length: 1_000 }, usual);
const reference = referenceShares(
  input,
  before,
  { labels: ['no', 'yes'] },
  before.map(() => 'no'),
);
const told = (count: number, row: (i: number) => InputRow, errorRate: (i: number) => number): ToldRow[] =>
  Array.from({ length: count }, (_, i) => ({
    input: row(i),
    label: 'yes',
    predicted: random() < errorRate(i) ? 'no' : 'yes',
    at: `day ${Math.floor(i / 100)}`,
  }));
const tell = (rows: readonly ToldRow[]) => tellDrift(rows, { reference, referenceRows: before.length });
const data = (story: ReturnType<typeof tell>) => ({
  name: 'churn',
  source: 'calls.csv',
  madeAt: '2026-01-01T00:00:00.000Z',
  answers: 'The answers are those in column `answer`.',
  comparedWith: 'training' as const,
  referenceRows: 1_000,
  expected: null,
  story,
});

test('what follows from the same inputs has changed: worse since then, and no feature moved', () => {
  const story = tell(told(4_000, usual, (i) => (i < 2_500 ? 0.1 : 0.4)));
  expect(Math.abs(story.worse!.row - 2_500)).toBeLessThan(60);
  expect(story.worse!.at).toMatch(/^day 2[45]$/);
  expect(story.worse!.before).toBeCloseTo(0.9, 1);
  expect(story.changes.some((row) => row > 2_500 && row < 2_700)).toBe(true);
  expect(story.features.map(({ since }) => since)).toEqual([null, null]);
  expect(story.windows).toHaveLength(40);
  for (const { low, accuracy, high } of story.windows) expect(low <= accuracy && accuracy <= high).toBe(true);
  expect(lede(data(story))).toMatch(
    /^churn has become worse: of 100 answers (89|90|91) were right, and (59|60|61) are since row 2,\d{3} \(day 2\d\)\.$/,
  );
  expect(advice(data(story))).toContain('only new labels can teach that');
});

test('inputs that moved are told with since when, how far and how; good answers ask for no training', () => {
  const moved = (i: number): InputRow => (i < 1_200 ? usual() : { ...usual(), amount: 70 + random() * 60 });
  const story = tell(told(2_000, moved, () => 0.1));
  const [first, second] = story.features;
  expect(first).toMatchObject({ name: 'amount', since: 12 });
  expect(first!.psi[11]).toBeLessThan(first!.bound);
  expect(first!.most.psi).toBeGreaterThan(1);
  expect(sayChange(first!.change)).toMatch(
    /^its middle value went from (4|5)\d(\.\d+)? to (9|10)\d(\.\d+)?$/,
  );
  expect(second).toMatchObject({ name: 'plan', since: null });
  expect(story.worse).toBe(null);
  expect(why(data(story))).toContain('`amount` moved away');
  expect(advice(data(story))).toContain('do not train for that alone');
});

test('a feature that went missing is told as that', () => {
  const lost = (i: number): InputRow => (i < 500 ? usual() : { ...usual(), plan: null });
  const [first] = tell(told(1_000, lost, () => 0.1)).features;
  expect(first).toMatchObject({ name: 'plan', since: 5 });
  expect(sayChange(first!.change)).toBe('missing values went from 0 % to 100 %');
});

test('chance alone moves nothing, also where stretches are short', () => {
  for (let repeat = 0; repeat < 20; repeat += 1) {
    const story = tell(told(1_000, usual, () => 0.1));
    expect(story.features.map(({ since }) => since)).toEqual([null, null]);
    expect(advice(data(story))).toBe('Nothing asks for a training.');
  }
});
