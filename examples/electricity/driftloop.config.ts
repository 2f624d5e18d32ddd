import { category, classification, defineDriftloop, defineModel, drift, number, quality } from 'driftloop';

/**
 * Will the price of electricity go up against the mean of the last day? Columns of the public Electricity (elec2)
 * data: half-hours of a market in time order, whose labels are known when the next half-hour is over.
 */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'electricity',
      task: classification({ labels: ['DOWN', 'UP'], codes: { 0: 'DOWN', 1: 'UP' } }),
      input: {
        day: category(['1', '2', '3', '4', '5', '6', '7']),
        period: number(),
        nswprice: number(),
        nswdemand: number(),
        vicprice: number(),
        vicdemand: number(),
        transfer: number(),
      },
      watch: [quality({ metric: 'accuracy', atLeast: 0.7, window: '14d' }), drift({ window: '14d' })],
      // A price decides when to retrain; the objective and the inputs are watched, and only raise an alert.
      retrain: { on: ['regret'] },
      rollout: { canary: [0.3], step: '10m', minRequests: 30 },
    }),
  ],
});

/** How a file of this kind is replayed: `date` only says when, so it is not learnt from. */
export const label = 'class';
export const ignore = ['date'];
export const rowEvery = '30m';

/** What is played when no file is given: made-up half-hours of the same columns. */
export { simulate } from './generate.ts';
export const bootstrapRows = 2_000;
export const rows = 16_000;
