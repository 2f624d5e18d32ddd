import { describe, expect, test } from 'vitest';
import { sayBeginning } from '../../../activities/say-beginning.ts';
import { TRIES_IN_A_ROW, givenUp, goesOnFrom, noTries, oneMore } from '../../../activities/training-tries.ts';
import type { Tries } from '../../../activities/training-tries.ts';
import { DriftloopError } from '../../../domain/errors.ts';

/** Starts that went on from these steps, and died; null: the worker died before it could say from where. */
const after = (steps: readonly (number | null)[]): Tries =>
  steps.reduce<Tries>(
    (tries, step) => (step === null ? oneMore(tries) : goesOnFrom(oneMore(tries), step)),
    noTries,
  );

describe('tries of a training', () => {
  test('that get further each time are never too many', () => {
    const tries = after(Array.from({ length: 100 }, (_, i) => i * 10));
    expect(tries).toEqual({ inARow: 1, fromStep: 990 });
    expect(givenUp(tries, 'm')).toBeNull();
  });

  test.each([
    ['before the first checkpoint', [0, 0, 0]],
    ['again from the same checkpoint', [0, 50, 50, 50]],
    ['without a word', [null, null, null]],
    ['from the same checkpoint or without a word', [0, 50, null, 50]],
  ])('that die %s are given up after a few', (_, steps) => {
    expect(givenUp(after(steps.slice(0, -1)), 'm')).toBeNull();
    const lost = givenUp(after(steps), 'm');
    expect(lost).toMatchObject({ code: 'DL_TRAINING_CRASHED', retryable: false });
    expect(lost!.message).toContain(`${TRIES_IN_A_ROW} times in a row`);
    expect(lost!.fix).toContain('ran out of memory');
  });

  test('are given up with the words, the code and the fix of what the last one died of', () => {
    const cause = new DriftloopError('DL_TRAINING_OUT_OF_MEMORY', 'No memory.', {
      fix: 'More of it.',
      retryable: true,
    });
    const tries = after([0, 70, 70, 70]);
    expect(givenUp(tries, 'm', cause)).toMatchObject({
      code: 'DL_TRAINING_OUT_OF_MEMORY',
      message: expect.stringMatching(/^No memory\. .*soon after step 70.*not tried again/) as string,
      fix: 'More of it.',
      retryable: false,
      cause,
    });
    const bug = givenUp(tries, 'm', new TypeError('x is not a function'));
    expect(bug).toMatchObject({ code: 'DL_TRAINING_CRASHED', retryable: false });
    expect(bug!.message).toContain('x is not a function');
  });
});

test('the story says where a training begins after an interruption, and nothing where there was none', () => {
  const progress = {
    step: 120,
    steps: 400,
    epoch: 3,
    trainLoss: null,
    validationLoss: null,
    learningRate: null,
    examplesPerSecond: null,
    memoryMb: null,
    backend: 'javascript',
    resumedAtStep: null as number | null,
  };
  const first = { before: noTries, hadCheckpoint: false };
  expect(sayBeginning(progress, first)).toBeNull();
  const resumed = sayBeginning({ ...progress, resumedAtStep: 120 }, { ...first, hadCheckpoint: true });
  expect(resumed).toContain('resumed at step 120 of 400');
  expect(sayBeginning(progress, { ...first, hadCheckpoint: true })).toContain('damaged');
  expect(sayBeginning(progress, { ...first, before: oneMore(noTries) })).toContain(
    'before its first checkpoint',
  );
});
