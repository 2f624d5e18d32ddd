import { expect, test } from 'vitest';
import { number } from '../../../../domain/input.ts';
import { fineTuneSchema } from '../../../../domain/model-config.ts';
import { recommendTabular } from '../../../../training/tabular/recommend-tabular.ts';

const inputOf = (columns: number) => ({
  input: Object.fromEntries(Array.from({ length: columns }, (_, i) => [`x${i}`, number()])),
});
const rowsOf = (count: number) => Array.from({ length: count }, () => ({}));
const recommend = (rows: number, columns: number) =>
  recommendTabular(inputOf(columns), rowsOf(rows), { given: null, seed: undefined });

test('the more rows or columns, the wider the network', () => {
  const weights = [recommend(100, 5), recommend(1_000, 5), recommend(1_000, 64), recommend(30_000, 5)].map(
    ({ fineTune }) => fineTune.hidden.reduce((a, b) => a + b),
  );
  expect(weights).toEqual(weights.toSorted((a, b) => a - b));
  expect(new Set(weights).size).toBe(3);
});

test('every setting is said with a reason, and is the one that is used', () => {
  const { fineTune, settings } = recommend(30_000, 5);
  for (const { name, because } of settings) expect(because, name).not.toBe('');
  const said = Object.fromEntries(settings.map(({ name, value }) => [name, value]));
  expect(said).toMatchObject({
    'hidden layers': fineTune.hidden.join(', '),
    'batch size': String(fineTune.batchSize),
    seed: String(fineTune.seed),
  });
});

test("a config's settings are taken as they are, but for a seed that is asked for", () => {
  const given = fineTuneSchema.parse({ method: 'full', hidden: [3], batchSize: 7 });
  const { fineTune, settings } = recommendTabular(inputOf(5), rowsOf(30_000), { given, seed: 9 });
  expect(fineTune).toEqual({ ...given, seed: 9 });
  expect(settings.find(({ name }) => name === 'hidden layers')).toEqual({
    name: 'hidden layers',
    value: '3',
    because: 'the config says so',
  });
});
