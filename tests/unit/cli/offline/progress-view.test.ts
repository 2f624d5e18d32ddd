import { expect, test } from 'vitest';
import { progressWords } from '../../../../cli/offline/progress-view.ts';

const at = (step: number, steps = 4_000) => ({
  step,
  steps,
  epoch: 1,
  trainLoss: 0.4,
  validationLoss: 0.5,
  learningRate: null,
  examplesPerSecond: null,
  memoryMb: null,
  backend: 'javascript',
  resumedAtStep: null,
});
const score = { epoch: 1, step: 100, trainLoss: 0.4, validation: { loss: 0.5, score: 0.8 } };

test('says where it is, how well it does, how quick it is, and how long it may still take', () => {
  const words = progressWords({ batchSize: 64, score: 'accuracy' });
  expect(words(at(0, 0), null, 0)).toBe('starting');
  expect(words(at(0), null, 1_000)).toBe('step 0 of 4,000, loss 0.400');
  expect(words(at(100), score, 2_000)).toBe(
    'step 100 of 4,000, at most 39 s left, loss 0.400, validation loss 0.500, accuracy 0.800, 6,400 examples/s',
  );
});

test('follows a machine that gets slower within seconds', () => {
  const words = progressWords({ batchSize: 10, score: 'accuracy' });
  words(at(0), null, 0);
  words(at(1_000), null, 1_000);
  words(at(1_010), null, 7_000);
  expect(words(at(1_020), null, 8_000)).toBe(
    'step 1,020 of 4,000, at most 5 min left, loss 0.400, 100 examples/s',
  );
});
