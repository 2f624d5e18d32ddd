import { DriftloopError } from '../domain/errors.ts';

/**
 * What an hour of training costs, as `DRIFTLOOP_TRAINING_PRICE_PER_HOUR` says it: `2.50 EUR`. Nothing where it is not set.
 *
 * @throws DL_ENVIRONMENT_INVALID where it is no amount with its currency
 */
export function readTrainingPrice(env: Readonly<Record<string, string | undefined>>): {
  trainingPrice?: { perHour: number; currency: string };
} {
  const given = env['DRIFTLOOP_TRAINING_PRICE_PER_HOUR'];
  if (given === undefined || given === '') return {};
  const [, amount, currency] = /^(\d+(?:\.\d+)?) +([A-Z]{3})$/.exec(given.trim()) ?? [];
  if (amount === undefined || currency === undefined)
    throw new DriftloopError('DL_ENVIRONMENT_INVALID', `DRIFTLOOP_TRAINING_PRICE_PER_HOUR is "${given}".`, {
      fix: 'Write an amount and a currency, such as "2.50 EUR", or leave it out.',
    });
  return { trainingPrice: { perHour: Number(amount), currency } };
}
