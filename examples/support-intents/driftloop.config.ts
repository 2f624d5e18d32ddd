import { classification, defineDriftloop, defineModel, fromChampion, lora, quality, text } from 'driftloop';
import { newIntents, oldIntents } from './generate.ts';

/** What is a message to the support about? Since spring customers also ask about what the bank did not sell before. */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'support-intents',
      task: classification({ labels: [...oldIntents, ...newIntents] }),
      input: { text: text() },
      watch: [quality({ metric: 'accuracy', atLeast: 0.8 })],
      // New matters come beside the old ones and do not contradict them: the champion goes on, and keeps what it knows.
      base: fromChampion(),
      fineTune: lora({ rank: 16, learningRate: 3e-3, epochs: 12, keep: {} }),
      rollout: { canary: [0.3], step: '10m', minRequests: 20 },
    }),
  ],
});

/** What `npm run demo -- --example support-intents` plays. */
export { driftAtRows, simulate } from './generate.ts';
export const rowEvery = '1m';
export const pace = 20;
export const bootstrapRows = 600;
export const rows = 2_600;
