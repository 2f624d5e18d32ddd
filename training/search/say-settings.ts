import type { OpenWish } from '../../domain/fine-tune-config.ts';

/** A setting as a person reads it, with the reason. */
export type SaidSetting = { name: string; value: string; because: string };

/** The reason of a setting: its own, unless somebody asked for it. */
export const becauseOf =
  (wish: OpenWish) =>
  (field: string, reason: string): string =>
    (wish as Record<string, unknown>)[field] === undefined ? reason : 'it was asked for';

type Rate = { learningRate: number; schedule: 'cosine' | 'linear' | 'constant'; warmupShare: number };

/** `0.001, rising for 10 % of the steps, then falling to 0`. */
export function sayRate({ learningRate, schedule, warmupShare }: Rate): string {
  const rate = Number(learningRate.toPrecision(3));
  const rises = warmupShare > 0 ? `, rising for ${percent(warmupShare)} of the steps` : '';
  const goesOn = schedule === 'constant' ? '' : `,${rises && ' then'} falling to 0`;
  return `${rate}${rises}${goesOn}${schedule === 'linear' ? ' in a line' : ''}`;
}

type Rest = { epochs: number; patience: number; validationShare: number; seed: number };

/** What says how long it takes and on what it is judged, whatever is trained. */
export const sayRest = ({ epochs, patience, validationShare, seed }: Rest): SaidSetting[] => [
  {
    name: 'length',
    value: `at most ${epochs} epochs`,
    because: `it stops when ${patience} epochs bring no smaller validation loss, and keeps the best one`,
  },
  {
    name: 'validation',
    value: `${percent(validationShare)} of the rows`,
    because: 'they say when to stop, and what the scores are worth; the test file has no part in that',
  },
  { name: 'seed', value: String(seed), because: 'the same seed, rows and settings give the same version' },
];

const percent = (share: number): string => `${Number((100 * share).toPrecision(2))} %`;
