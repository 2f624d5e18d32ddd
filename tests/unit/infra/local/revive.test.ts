import { expect, test, vi } from 'vitest';
import type { Exit, RunningProcess } from '../../../../infra/local/process-spec.ts';
import { revive } from '../../../../infra/local/revive.ts';

const killed: Exit = { code: null, signal: 'SIGKILL' };
let lastPid = 0;
/** A process that ends when it is told to. */
function started() {
  let end!: (exit: Exit) => void;
  const exited = new Promise<Exit>((resolve) => (end = resolve));
  const running: RunningProcess = {
    name: 'part',
    pid: (lastPid += 1),
    exited,
    signal: () => {},
    async stop() {
      end({ code: 0, signal: null });
      return exited;
    },
  };
  return { running, end };
}

test('what ends by itself is started again, and keeps its name; what is stopped is not', async () => {
  const [first, second] = [started(), started()];
  const onEnded = vi.fn<(exit: Exit) => void>();
  const again = vi.fn<() => Promise<RunningProcess>>(async () => second.running);
  const kept = revive(first.running, { again, onEnded, onGivenUp: () => {} });
  expect(kept.pid).toBe(first.running.pid);
  first.end(killed);
  await vi.waitFor(() => expect(kept.pid).toBe(second.running.pid));
  expect(onEnded.mock.calls).toEqual([[killed]]);
  expect(await kept.stop()).toEqual({ code: 0, signal: null });
  expect(again).toHaveBeenCalledTimes(1);
});

test('one that cannot be started again has ended once more, and is given up after five', async () => {
  const first = started();
  const [onEnded, onGivenUp] = [vi.fn<() => void>(), vi.fn<(exit: Exit) => void>()];
  const again = vi.fn<() => Promise<RunningProcess>>(() => Promise.reject(new Error('no')));
  const kept = revive(first.running, { again, onEnded, onGivenUp });
  first.end(killed);
  expect(await kept.exited).toEqual(killed);
  expect([again.mock.calls.length, onEnded.mock.calls.length]).toEqual([5, 5]);
  expect(onGivenUp.mock.calls).toEqual([[killed]]);
});

test('a stop while it is being started again leaves nothing behind', async () => {
  const [first, second] = [started(), started()];
  let comeUp!: () => void;
  const again = (signal: AbortSignal) =>
    new Promise<RunningProcess>((resolve) => {
      comeUp = () => resolve(second.running);
      signal.addEventListener('abort', comeUp);
    });
  const kept = revive(first.running, { again, onEnded: () => {}, onGivenUp: () => {} });
  first.end(killed);
  await vi.waitFor(() => expect(comeUp).toBeDefined());
  await kept.stop();
  expect(await second.running.exited).toEqual({ code: 0, signal: null });
});
