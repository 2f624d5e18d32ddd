import { expect, test } from 'vitest';
import { readTrainingPrice } from '../../../cli/training-price.ts';

test('an amount with its currency is a price, and nothing is none', () => {
  expect(readTrainingPrice({ DRIFTLOOP_TRAINING_PRICE_PER_HOUR: '2.50 EUR' })).toEqual({
    trainingPrice: { perHour: 2.5, currency: 'EUR' },
  });
  expect(readTrainingPrice({})).toEqual({});
  expect(readTrainingPrice({ DRIFTLOOP_TRAINING_PRICE_PER_HOUR: '' })).toEqual({});
});

test.each(['2.50', 'EUR 2.50', '-1 EUR', '2,50 EUR', 'cheap'])(
  '%s is refused, with what to write',
  (given) => {
    expect(() => readTrainingPrice({ DRIFTLOOP_TRAINING_PRICE_PER_HOUR: given })).toThrow(
      expect.objectContaining({ code: 'DL_ENVIRONMENT_INVALID' }),
    );
  },
);
