import { classification, defineDriftloop, defineModel, fromChampion, full, image, quality } from 'driftloop';
import { SIDE } from './generate.ts';

/** Which digit is on a picture? At first pens wrote it; then pictures of displays come, too. */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'digits',
      task: classification({ labels: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] }),
      input: { image: image({ width: SIDE, height: SIDE, channels: 1 }) },
      watch: [quality({ metric: 'accuracy', atLeast: 0.8 })],
      // Displays come beside what pens write: the champion goes on, and keeps what it knows.
      base: fromChampion(),
      fineTune: full({ epochs: 12, keep: {} }),
      rollout: { canary: [0.3], step: '10m', minRequests: 20 },
    }),
  ],
});

/** What `npm run demo -- --example digits` plays. */
export { driftAtRows, simulate } from './generate.ts';
export const rowEvery = '1m';
export const pace = 20;
export const bootstrapRows = 800;
export const rows = 2_800;
