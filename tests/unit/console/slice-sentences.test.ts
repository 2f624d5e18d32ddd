import { expect, test } from 'vitest';
import { saySlices, standSlices } from '../../../console/slice-sentences.ts';
import { wilson } from '../../../statistics/proportions.ts';

const of = (...values: [value: string, accuracy: number | null, labelled: number][]) =>
  values.map(([value, accuracy, labelled]) => ({
    slice: 'plan',
    value,
    accuracy,
    labelled,
    predictions: labelled,
  }));

test('each value has its interval, and one without labels none', () => {
  const [free, gone] = standSlices(of(['free', 0.7, 200], ['gone', null, 0]), 0.8);
  expect(free!.estimate).toEqual({ estimate: 0.7, ...wilson(140, 200) });
  expect(gone).toMatchObject({ estimate: null, isShownWorse: false });
});

test('only what chance does not explain is said to be worse, and the more values there are the less that is', () => {
  const one = standSlices(of(['free', 0.73, 200]), 0.8);
  expect(one[0]!.isShownWorse).toBe(true);
  const many = of(...Array.from({ length: 20 }, (_, i): [string, number, number] => [`p${i}`, 0.73, 200]));
  expect(standSlices(many, 0.8).some(({ isShownWorse }) => isShownWorse)).toBe(false);
  expect(standSlices(of(['free', 0.5, 400]), null)[0]!.isShownWorse).toBe(false);
});

test('the sentence names the worst with its interval and count, and the whole; or says that none is shown to be', () => {
  const say = (...values: [string, number | null, number][]) =>
    saySlices(standSlices(of(...values), 0.8), 0.8);
  expect(say(['free', 0.58, 222], ['team', 0.85, 800], ['old', 0.6, 300])).toBe(
    'Worst where `plan` is free: .580 [.515, .644] of 222 labels were right; of all, .800. 1 other too.',
  );
  expect(say(['free', 0.79, 222], ['team', 0.85, 800])).toBe(
    'None of 2 values is shown to be worse than the whole.',
  );
  expect(say(['free', null, 0])).toBe('No labels became known of any of them.');
});
