import { expect, test } from 'vitest';
import { number } from '../../../../domain/input.ts';
import { full } from '../../../../domain/fine-tune-config.ts';
import { recommendTabular } from '../../../../training/tabular/recommend-tabular.ts';

const inputOf = (columns: number) => ({
  input: Object.fromEntries(Array.from({ length: columns }, (_, i) => [`x${i}`, number()])),
});
const rowsOf = (count: number) => Array.from({ length: count }, () => ({}));
const recommend = (rows: number, columns: number) => recommendTabular(inputOf(columns), rowsOf(rows));

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

test('what is wished is taken as it is, and the rest is recommended still', () => {
  const { fineTune, settings } = recommendTabular(
    inputOf(5),
    rowsOf(30_000),
    full({ hidden: [3], schedule: 'linear', warmupShare: 0.1, seed: 9 }),
  );
  expect(fineTune).toEqual({
    ...recommend(30_000, 5).fineTune,
    hidden: [3],
    schedule: 'linear',
    warmupShare: 0.1,
    seed: 9,
  });
  const said = Object.fromEntries(settings.map((setting) => [setting.name, setting]));
  expect(said).toMatchObject({
    'hidden layers': { value: '3', because: 'it was asked for' },
    'learning rate': { value: '0.003, rising for 10 % of the steps, then falling to 0 in a line' },
    'batch size': { because: expect.stringContaining('so many rows') as string },
  });
});
