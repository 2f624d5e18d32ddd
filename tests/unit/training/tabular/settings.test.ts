import { expect, test } from 'vitest';
import { full, lora } from '../../../../domain/fine-tune-config.ts';
import { LOOP_SETTINGS, tabularSettings } from '../../../../training/tabular/settings.ts';

test('nothing wished is the usual, and each wish is one setting', () => {
  expect(tabularSettings()).toEqual(LOOP_SETTINGS);
  const { seed, batchSize, ...rest } = tabularSettings(full({ seed: 0, batchSize: 7 }));
  expect([seed, batchSize]).toEqual([0, 7]);
  expect({ ...rest, seed: 1, batchSize: 64 }).toEqual(LOOP_SETTINGS);
});

test('a wished bound of the steps moves the other one out of its way', () => {
  expect(tabularSettings(full({ maxSteps: 50 }))).toMatchObject({ minSteps: 50, maxSteps: 50 });
  expect(tabularSettings(full({ epochs: 5 }))).toMatchObject({ epochs: 5, minSteps: 1 });
  expect(tabularSettings(full({ minSteps: 9_000 }))).toMatchObject({ minSteps: 9_000, maxSteps: 9_000 });
});

test('what only other methods know stays out of it', () => {
  expect(tabularSettings(lora({ rank: 4, epochs: 2 }))).toEqual({ ...LOOP_SETTINGS, epochs: 2, minSteps: 1 });
});
