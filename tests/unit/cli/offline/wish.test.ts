import { describe, expect, test } from 'vitest';
import { searchBudget } from '../../../../cli/commands/search-budget.ts';
import type { Declared } from '../../../../cli/offline/declared-model.ts';
import { wishOf } from '../../../../cli/offline/wish.ts';
import { fineTuneSchema, lora, search } from '../../../../domain/fine-tune-config.ts';
import type { SearchWish } from '../../../../domain/fine-tune-config.ts';
import { text } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';

const declared: Declared = {
  file: 'driftloop.config.ts',
  model: { name: 'm', task: classification({ labels: ['a', 'b'] }), input: { question: text() } },
  trainer: { kind: 'driftloop' },
  fineTune: lora({ rank: 4, epochs: 9 }),
  base: 'bases/encoder',
};

test('with nothing said everything is open', () => {
  expect(wishOf({}, null)).toEqual({ fineTune: {}, base: null, old: null });
});

test('numbers of options go before those of a config, which keeps the rest', () => {
  expect(wishOf({ epochs: 2, learningRate: 1e-3, batchSize: 4, seed: 0, base: 'other' }, declared)).toEqual({
    fineTune: { method: 'lora', rank: 4, epochs: 2, learningRate: 1e-3, batchSize: 4, seed: 0 },
    base: 'other',
    old: null,
  });
  expect(wishOf({ method: 'lora' }, declared)).toEqual({
    fineTune: declared.fineTune,
    base: 'bases/encoder',
    old: null,
  });
});

test('two methods in two places are refused', () => {
  expect(() => wishOf({ method: 'full' }, declared)).toThrow(
    expect.objectContaining({ code: 'DL_OPTION_INVALID' }) as Error,
  );
});

describe('a search', () => {
  const budget = { trials: 4 };
  const searched = fineTuneSchema.parse(search({ rank: [2, 4], epochs: 3 })) as SearchWish;

  test('shares what options say, and tries the rest', () => {
    expect(wishOf({ search: budget, method: 'lora', learningRate: 1e-3, epochs: 2 }, null).fineTune).toEqual({
      method: 'search',
      over: { method: ['lora'], learningRate: [1e-3] },
      budget,
      epochs: 2,
    });
  });

  test('is the one of the config, with a budget of the options where they have one', () => {
    expect(wishOf({}, { ...declared, fineTune: searched }).fineTune).toEqual(searched);
    expect(wishOf({ search: budget, seed: 5 }, { ...declared, fineTune: searched }).fineTune).toEqual({
      ...searched,
      budget,
      seed: 5,
    });
  });

  test('is refused beside a config that has decided', () => {
    expect(() => wishOf({ search: budget }, declared)).toThrow(
      expect.objectContaining({ code: 'DL_OPTION_INVALID' }) as Error,
    );
  });
});

test.each([
  ['12', { trials: 12 }],
  ['90s', { minutes: 1.5 }],
  ['2h', { minutes: 120 }],
])('--search %s is a budget', (said, budget) => {
  expect(searchBudget(said)).toEqual(budget);
});

test.each(['', '0', '-3', '1.5', 'long', '0m'])('--search "%s" is none', (said) => {
  expect(() => searchBudget(said)).toThrow('a number of settings');
});
