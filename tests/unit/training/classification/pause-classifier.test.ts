import { expect, test } from 'vitest';
import { pausing, plannedEpochs } from '../../../../training/classification/pause-classifier.ts';
import { recommendClassifier } from '../../../../training/classification/recommend-classifier.ts';
import type { StagedState } from '../../../../training/classification/tune-classifier.ts';

const situation = {
  task: 'text',
  rows: 100,
  classes: 2,
  weights: 1e6,
  memoryBytes: null,
  base: 'b',
} as const;
const { settings } = recommendClassifier(situation, { method: 'lpft', batchSize: 10, epochs: 6 });

test('a training pauses after so many epochs of its last stage, and passes through those before', async () => {
  expect(plannedEpochs(100, settings)).toBe(6);
  const paused: StagedState[] = [];
  const pause = (state: StagedState): never => {
    paused.push(state);
    throw new Error('paused');
  };
  const { isDue, keep } = pausing(100, settings, { resumed: null, epochs: 2, pause });
  expect([19, 20, 21].map(isDue)).toEqual([false, true, false]);
  await keep({ stage: 0 } as StagedState);
  await expect(keep({ stage: 1 } as StagedState)).rejects.toThrow('paused');
  expect(paused).toEqual([{ stage: 1 }]);
});
