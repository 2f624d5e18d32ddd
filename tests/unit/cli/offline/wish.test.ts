import { expect, test } from 'vitest';
import type { Declared } from '../../../../cli/offline/declared-model.ts';
import { wishOf } from '../../../../cli/offline/wish.ts';
import { lora } from '../../../../domain/fine-tune-config.ts';
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
  expect(wishOf({}, null)).toEqual({ fineTune: {}, base: null });
});

test('numbers of options go before those of a config, which keeps the rest', () => {
  expect(wishOf({ epochs: 2, learningRate: 1e-3, batchSize: 4, seed: 0, base: 'other' }, declared)).toEqual({
    fineTune: { method: 'lora', rank: 4, epochs: 2, learningRate: 1e-3, batchSize: 4, seed: 0 },
    base: 'other',
  });
  expect(wishOf({ method: 'lora' }, declared)).toEqual({
    fineTune: declared.fineTune,
    base: 'bases/encoder',
  });
});

test('two methods in two places are refused', () => {
  expect(() => wishOf({ method: 'full' }, declared)).toThrow(
    expect.objectContaining({ code: 'DL_OPTION_INVALID' }) as Error,
  );
});
