import { defineDriftloop, defineModel, generation, lora, text } from 'driftloop';

/** The model of this story in the loop: what people correct (`kind: 'correction'`) is learnt by the next run. */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'support-chat',
      task: generation({ alike: 0.8 }),
      input: { prompt: text() },
      base: './base',
      fineTune: lora({ rank: 8, beta: 0.1 }),
      approval: { required: true },
    }),
  ],
});
