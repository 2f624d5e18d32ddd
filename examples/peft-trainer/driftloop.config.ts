import { classification, command, defineDriftloop, defineModel, outside, text } from 'driftloop';

/** Messages of customers, told apart by a LoRA that a program of the team's own trains. */
export default defineDriftloop({
  models: [
    defineModel({
      name: 'messages',
      task: classification({ labels: ['delivery', 'refund', 'other'] }),
      input: { text: text() },
      trainer: command(['python3', 'train.py'], { settings: { base: './base', rank: 8, epochs: 5 } }),
      // The program answers here for the gate only; production asks the team's own server.
      serving: outside({ webhook: 'http://127.0.0.1:9000/driftloop' }),
    }),
  ],
});
