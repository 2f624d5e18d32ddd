import { expect, test } from 'vitest';
import { category, number } from '../../../../domain/input.ts';
import type { EpochScore } from '../../../../domain/run.ts';
import { regression } from '../../../../domain/task.ts';
import { random } from '../../../../training/random.ts';
import { predictValues, trainRegression } from '../../../../training/tabular/train-regression.ts';
import { tabularSettings } from '../../../../training/tabular/settings.ts';

const model = {
  name: 'rent',
  task: regression(),
  input: { size: number(), town: category(['inner', 'outer']), age: number() },
};
const fineTune = tabularSettings({ method: 'full', minSteps: 400, maxSteps: 800, epochs: 40 });

/** A rule with an interaction and a missing value, in hundreds, so that standardising matters. */
function made(count: number, seed: number) {
  const chance = random(seed);
  const rows = Array.from({ length: count }, () => ({
    size: 20 + Math.round(chance.uniform() * 100),
    town: chance.uniform() < 0.5 ? 'inner' : 'outer',
    age: chance.uniform() < 0.2 ? null : Math.round(chance.uniform() * 80),
  }));
  const values = rows.map(
    ({ size, town, age }) => size * (town === 'inner' ? 20 : 9) - (age === null ? 0 : 3 * age) + 300,
  );
  return { rows, values };
}
const explained = (answers: readonly { value: number }[], values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const rest = answers.reduce((sum, { value }, i) => sum + (value - values[i]!) ** 2, 0);
  return 1 - rest / values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
};

test('learns numbers in their own units, and tells after every epoch what of them it explains', async () => {
  const validation = made(300, 2);
  const curve: EpochScore[] = [];
  const trained = await trainRegression({
    model,
    fineTune,
    ...made(1_200, 1),
    validation,
    onEpoch: (score) => curve.push(score),
  });
  const fresh = made(400, 3);
  expect(explained(predictValues(trained, fresh.rows), fresh.values)).toBeGreaterThan(0.98);
  const best = curve[trained.report.bestEpoch - 1]!;
  expect(best.validation!.score).toBeCloseTo(
    explained(predictValues(trained, validation.rows), validation.values),
    4,
  );
  expect(best.validation!.loss).toBe(trained.report.validationLoss);
});

test('with the same seed gives the same bytes, with another seed others', async () => {
  const run = (seed: number) => trainRegression({ model, fineTune: { ...fineTune, seed }, ...made(200, 1) });
  const [a, b, c] = [await run(4), await run(4), await run(5)];
  expect(a.weights).toEqual(b.weights);
  expect(a.weights).not.toEqual(c.weights);
});

test('a number that never changes is answered as it is', async () => {
  const { rows } = made(100, 1);
  const trained = await trainRegression({ model, fineTune, rows, values: rows.map(() => 7) });
  for (const { value } of predictValues(trained, rows)) expect(value).toBeCloseTo(7, 1);
});

test('without rows there is nothing to train', async () => {
  await expect(trainRegression({ model, fineTune, rows: [], values: [] })).rejects.toMatchObject({
    code: 'DL_NO_TRAINING_ROWS',
  });
});
