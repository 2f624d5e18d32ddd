import { EventEmitter } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { FromPredictor, ToPredictor } from '../../../../infra/tensorflow/child-messages.ts';
import type { Child } from '../../../../infra/tensorflow/fork-child.ts';
import { PredictorLane } from '../../../../infra/tensorflow/predictor-lane.ts';

/** A lane over children that die of the rows of versions in `deadly`, in memory. */
function laneOver({ deadly = [] as string[], silent = [] as string[], memoryMb = (): number => 50 } = {}) {
  let now = 0;
  const children: { asked: string[]; die: () => void }[] = [];
  const fork = (): Child => {
    const events = new EventEmitter();
    const asked: string[] = [];
    let say: (how: string) => void;
    const exited = new Promise<string>((resolve) => (say = resolve));
    let alive = true;
    const die = () => {
      alive = false;
      say('signal SIGKILL');
    };
    const hear = (message: ToPredictor) => {
      if (!alive || message.kind === 'held') return;
      if (message.kind === 'predict') asked.push(message.key);
      if (message.kind === 'predict' && deadly.includes(message.key)) {
        setImmediate(die);
        return;
      }
      if (message.kind === 'predict' && silent.includes(message.key)) return;
      const { id } = message;
      const answers = {
        load: { kind: 'loaded', id, backend: 'fake' },
        unload: { kind: 'unloaded', id },
        predict: { kind: 'predicted', id, outputs: [{ value: 1 }], memoryMb: memoryMb() },
        write: { kind: 'failed', id, error: { name: 'Error', message: 'no writer' } },
      } as unknown as Record<string, FromPredictor>;
      // Later than a death of the same turn: what was in flight beside it goes down with it.
      setTimeout(() => alive && events.emit('message', answers[message.kind]), 5);
    };
    children.push({ asked, die });
    const process = Object.assign(events, {
      pid: undefined,
      connected: true,
      send: hear,
      disconnect: die,
      kill: die,
    });
    return { process: process as unknown as Child['process'], tail: () => '', exited };
  };
  const lane = new PredictorLane({
    recycleAfter: Number.POSITIVE_INFINITY,
    recycleAfterGrowthMb: 100,
    fork,
    hungAfterMs: 80,
    clock: () => now + Date.now(),
  });
  onTestFinished(() => lane.close());
  const predict = (key: string) => lane.ask({ kind: 'predict', key, rows: [{}] });
  return { lane, predict, children, advance: (ms: number) => (now += ms) };
}

test('a child that is killed in mid-batch: what it had is answered by the next, once', async () => {
  const { predict, children } = laneOver();
  const answers = Promise.all([predict('v1'), predict('v1'), predict('v2')]);
  children[0]!.die();
  expect((await answers).map(({ kind }) => kind)).toEqual(['predicted', 'predicted', 'predicted']);
  expect(children[1]!.asked.toSorted()).toEqual(['v1', 'v1', 'v2']);
});

test('a version that ends its child costs no other version an answer, and rests after three times', async () => {
  const { lane, predict, children, advance } = laneOver({ deadly: ['bad'] });
  const healthy = Array.from({ length: 5 }, () => predict('good'));
  await expect(predict('bad')).rejects.toMatchObject({ code: 'DL_PREDICTION_CRASHED', retryable: true });
  expect((await Promise.all(healthy)).map(({ kind }) => kind)).toEqual(healthy.map(() => 'predicted'));
  const died = children.length;
  await expect(predict('bad')).rejects.toMatchObject({ code: 'DL_VERSION_CRASHES', status: 503 });
  await expect(predict('good')).resolves.toMatchObject({ kind: 'predicted' });
  // One child for the version that is well, and none for the one that rests.
  expect(children.length).toBeLessThanOrEqual(died + 1);
  expect(children.at(-1)!.asked).not.toContain('bad');
  // After its rest it is tried again, and loaded anew it is another.
  advance(30_000);
  await expect(predict('bad')).rejects.toMatchObject({ code: 'DL_PREDICTION_CRASHED' });
  await lane.ask({ kind: 'load', key: 'bad', folder: 'f', engine: 'javascript' });
  await expect(predict('bad')).rejects.toMatchObject({ code: 'DL_PREDICTION_CRASHED' });
});

test('a child that says nothing for too long is killed, and only its cause is given up', async () => {
  const { predict, children } = laneOver({ silent: ['stuck'] });
  const [stuck, good] = await Promise.allSettled([predict('stuck'), predict('good')]);
  expect(good.status).toBe('fulfilled');
  expect(stuck).toMatchObject({ status: 'rejected', reason: { code: 'DL_PREDICTION_CRASHED' } });
  expect(children).toHaveLength(3);
});

test('a child that has grown is replaced, and every request is answered', async () => {
  let held = 50;
  const { predict, children } = laneOver({ memoryMb: () => (held += 30) });
  for (let i = 0; i < 6; i += 1) await expect(predict('v1')).resolves.toMatchObject({ kind: 'predicted' });
  expect(children.length).toBeGreaterThan(1);
  await expect.poll(() => children.map(({ asked }) => asked.length).reduce((a, b) => a + b)).toBe(6);
});
