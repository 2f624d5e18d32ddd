import { category, classification, defineDriftloop, defineModel, drift, number, quality } from 'driftloop';
import { channels } from './simulate.ts';

/** The simulated production of `npm run demo`: which orders of a web shop will come back? */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'returns',
      task: classification({ labels: ['kept', 'returned'] }),
      input: {
        price: number(),
        deliveryDays: number(),
        pastOrders: number(),
        basket: number(),
        channel: category(channels),
      },
      watch: [quality({ metric: 'accuracy', atLeast: 0.8 }), drift({ psiAtLeast: 0.25 })],
      gate: { slices: ['channel'] },
      rollout: { canary: [0.3], step: '10m', minRequests: 20 },
    }),
  ],
});

/** What the demo plays, and how: an order every minute; the first rows of the stream train the first champion. */
export { driftAtRows, simulate } from './simulate.ts';
export const label = 'outcome';
export const rowEvery = '1m';
export const bootstrapRows = 1_200;
export const rows = 4_000;
