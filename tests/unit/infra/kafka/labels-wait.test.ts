import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLabelsWait } from '../../../../infra/kafka/labels-wait.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const LABELS = 0;

/** Labels of one partition up to `time`, as a consumer handles them: taken, or held until it is said to go on. */
function labelsUpTo(time: number, wait: ReturnType<typeof createLabelsWait>) {
  const state = { taken: false };
  const attempt = () => {
    if (wait.isEarly(LABELS, time)) wait.hold(LABELS, time, attempt);
    else state.taken = true;
  };
  attempt();
  return state;
}

test('labels wait until every partition of the predictions has come as far, or is whole', () => {
  const wait = createLabelsWait();
  wait.assigned([0, 1]);
  const labels = labelsUpTo(100, wait);
  wait.reached(0, 150);
  expect(labels.taken).toBe(false);
  wait.reached(1, 99);
  expect(labels.taken).toBe(false);
  wait.reached(1, 'its end');
  expect(labels.taken).toBe(true);
});

test('where nothing is behind, nothing waits', () => {
  const wait = createLabelsWait();
  expect(labelsUpTo(100, wait).taken).toBe(true);
  wait.assigned([0]);
  wait.reached(0, 'its end');
  expect(labelsUpTo(Number.MAX_VALUE, wait).taken).toBe(true);
});

test('labels of a clock that is ahead wait as long as patience lasts, and their successors too', () => {
  const wait = createLabelsWait({ patienceMs: 1_000 });
  wait.assigned([0]);
  wait.reached(0, 50);
  const first = labelsUpTo(1e6, wait);
  vi.advanceTimersByTime(999);
  expect(first.taken).toBe(false);
  vi.advanceTimersByTime(1);
  expect(first.taken).toBe(true);
  const second = labelsUpTo(1e6 + 1, wait);
  expect(second.taken).toBe(false);
  vi.advanceTimersByTime(1_000);
  expect(second.taken).toBe(true);
});

test('when partitions change hands what was held is tried again, against what is ours then', () => {
  const wait = createLabelsWait();
  wait.assigned([0]);
  const labels = labelsUpTo(100, wait);
  wait.assigned([1]);
  expect(labels.taken).toBe(false);
  wait.reached(0, 'its end');
  expect(labels.taken).toBe(false);
  wait.assigned([]);
  expect(labels.taken).toBe(true);
});
