import { classification, defineDriftloop, defineModel, number, quality } from 'driftloop';

/** SEA concepts: abrupt changes of a simple rule under much label noise, a common yardstick for drift. */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'sea',
      task: classification({ labels: ['0', '1'] }),
      input: { x1: number(), x2: number(), x3: number() },
      watch: [quality({ metric: 'accuracy', atLeast: 0.6, window: '1d' })],
      retrain: { on: ['regret'] },
      rollout: { canary: [0.3], step: '10m', minRequests: 30 },
    }),
  ],
});

export const label = 'y';
export const rowEvery = '1m';

/** What is played when no file is given. */
export { driftAtRows, simulate } from './simulate.ts';
export const bootstrapRows = 1_500;
export const rows = 14_000;
