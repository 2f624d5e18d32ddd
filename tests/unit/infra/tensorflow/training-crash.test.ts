import { expect, test } from 'vitest';
import { explainCrash } from '../../../../infra/tensorflow/training-crash.ts';
import { trainingHeapMb } from '../../../../infra/tensorflow/training-heap.ts';

const crash = { model: 'meter', exit: 'signal SIGABRT', tail: '', silentMs: null, heapMb: 512 };

test.each([
  ['the heap is full', 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'],
  ['the library gets none', "terminate called after throwing an instance of 'std::bad_alloc'"],
])('where %s the error says so, and what to change', (_, tail) => {
  const error = explainCrash({ ...crash, tail });
  expect(error).toMatchObject({ code: 'DL_TRAINING_OUT_OF_MEMORY', retryable: true });
  expect(error.fix).toContain('DRIFTLOOP_TRAINING_HEAP_MB, now 512');
});

test('a process that the kernel may have killed is an error that names memory', () => {
  const error = explainCrash({ ...crash, exit: 'signal SIGKILL' });
  expect(error).toMatchObject({ code: 'DL_TRAINING_CRASHED', retryable: true });
  expect(error.message).toContain('out of memory');
  expect(error.fix).toContain('more memory');
});

test('any other death is told with its last words; silence with how long it lasted', () => {
  const other = explainCrash({ ...crash, exit: 'exit code 3', tail: 'one\ntwo' });
  expect(other.message).toMatch(/exit code 3\. It last said: one \| two$/);
  expect(other.message).not.toContain('memory');
  expect(explainCrash({ ...crash, silentMs: 60_000 }).message).toContain('said nothing for 60 s');
});

test('the heap of a training is what the environment says, or half of the memory', () => {
  expect(trainingHeapMb({ DRIFTLOOP_TRAINING_HEAP_MB: '300' })).toBe(300);
  const half = trainingHeapMb({});
  expect(half).toBeGreaterThan(100);
  expect(trainingHeapMb({ DRIFTLOOP_TRAINING_HEAP_MB: 'much' })).toBe(half);
});
