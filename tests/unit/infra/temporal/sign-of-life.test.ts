import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { signOfLife } from '../../../../infra/temporal/sign-of-life.ts';

const input = { args: [], headers: {} };
const busyFor = (ms: number) => async () => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return 'done';
};

/** Heartbeats of an activity that is busy for so long under such a timeout. */
async function beatsOf(heartbeatTimeoutMs: number | undefined, ms: number): Promise<number> {
  const env = new MockActivityEnvironment(heartbeatTimeoutMs === undefined ? {} : { heartbeatTimeoutMs });
  let beats = 0;
  env.on('heartbeat', () => (beats += 1));
  expect(await env.run(() => signOfLife.execute!(input, busyFor(ms)))).toBe('done');
  const during = beats;
  await busyFor(ms)();
  expect(beats).toBe(during);
  return during;
}

test('an activity is heartbeated for while it lasts, and not after', async () => {
  expect(await beatsOf(30, 100)).toBeGreaterThanOrEqual(3);
});

test('a quick one, and one without a timeout, cost no heartbeat', async () => {
  expect(await beatsOf(10_000, 10)).toBe(0);
  expect(await beatsOf(undefined, 50)).toBe(0);
});
