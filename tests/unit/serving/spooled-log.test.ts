import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FeedbackMessage, PredictionMessage } from '../../../domain/messages.ts';
import { openSpoolFiles } from '../../../serving/spool/spool-files.ts';
import { createSpooledLog } from '../../../serving/spool/spooled-log.ts';
import { fakeMessageLog } from '../../fakes/message-log.ts';
import { servingApp } from '../../fakes/serving-app.ts';

const message = (n: number, text = ''): PredictionMessage => ({
  predictionId: `019a8f00-0000-7000-8000-${String(n).padStart(12, '0')}`,
  model: 'meter',
  version: 'v1',
  input: { n, text },
  output: { label: 'UP', scores: { UP: 1 } },
  at: '2025-11-17T14:20:00.123Z',
});
const numbers = (messages: readonly PredictionMessage[]) => messages.map(({ input }) => input['n']);

async function spooling({
  brokers = fakeMessageLog(),
  folder = null as string | null,
  maxBytes = 100_000,
  patienceMs = 1_000,
} = {}) {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'driftloop-spool-')));
  if (folder === null) onTestFinished(() => rm(place, { recursive: true }));
  const logged: string[] = [];
  const say = (_: unknown, said: string) => void logged.push(said);
  const log = createSpooledLog({
    messages: brokers.log,
    files: await openSpoolFiles({ folder: place, partBytes: 1_000, onDamaged: () => {} }),
    log: { info: say, warn: say, error: say },
    maxBytes,
    patienceMs,
    ackTimeoutMs: 500,
    retryMs: 5,
  });
  onTestFinished(() => log.stop());
  log.start();
  return { log, brokers, folder: place, logged };
}

test('while the brokers are away predictions wait on disk, and come to them in their order when they are back', async () => {
  const { log, brokers, logged } = await spooling();
  await log.publishPredictions([message(0)]);
  brokers.state.problem = new Error('no leader');
  for (let n = 1; n < 30; n += 1) await log.publishPredictions([message(n)]);
  expect(log.standing()).toMatchObject({ messages: 29, problem: 'no leader', isFull: false });
  expect(log.standing().used).toBeGreaterThan(0);
  brokers.state.problem = null;
  await log.publishPredictions([message(30)]);
  await expect.poll(() => log.standing().messages).toBe(0);
  expect(log.standing()).toEqual({ messages: 0, used: 0, problem: null, isFull: false });
  expect(numbers(brokers.predictions)).toEqual(Array.from({ length: 31 }, (_, n) => n));
  await log.publishPredictions([message(31)]);
  expect(numbers(brokers.predictions).at(-1)).toBe(31);
  await expect
    .poll(() => logged)
    .toEqual(['the brokers take nothing; what comes waits on disk', 'what waited on disk is in the log']);
});

test('a server that starts again brings what the one before has left', async () => {
  const first = await spooling();
  first.brokers.state.problem = new Error('no leader');
  await first.log.publishPredictions([message(0), message(1)]);
  await first.log.stop();
  const brokers = fakeMessageLog();
  const second = await spooling({ brokers, folder: first.folder });
  await second.log.publishPredictions([message(2)]);
  await expect.poll(() => numbers(brokers.predictions)).toEqual([0, 1, 2]);
});

test('brokers that do not answer are not waited for longer than the patience', async () => {
  const brokers = fakeMessageLog();
  const never = {
    ...brokers,
    log: { ...brokers.log, publishPredictions: () => new Promise<void>(() => {}) },
  };
  const { log } = await spooling({ brokers: never, patienceMs: 10 });
  await log.publishPredictions([message(0)]);
  expect(log.standing()).toMatchObject({ messages: 1, problem: 'no acknowledgement within 10 ms' });
});

test('without room a prediction is refused, and with room again it is not', async () => {
  const { log, brokers } = await spooling({ maxBytes: 1_000 });
  brokers.state.problem = new Error('no leader');
  await log.publishPredictions([message(0), message(1)]);
  await expect(log.publishPredictions([message(2, 'x'.repeat(1_000))])).rejects.toMatchObject({
    code: 'DL_SPOOL_FULL',
    status: 503,
    retryable: true,
  });
  expect(log.standing()).toMatchObject({ messages: 2, isFull: true });
  brokers.state.problem = null;
  await expect.poll(() => log.standing()).toMatchObject({ messages: 0, isFull: false });
  await log.publishPredictions([message(3)]);
  expect(numbers(brokers.predictions)).toEqual([0, 1, 3]);
});

test('what no broker would take is refused at once, and does not stop what waits', async () => {
  const { log, brokers } = await spooling({ maxBytes: 10_000_000 });
  brokers.state.problem = new Error('no leader');
  await log.publishPredictions([message(0)]);
  await expect(log.publishPredictions([message(1, 'x'.repeat(1_000_000))])).rejects.toMatchObject({
    code: 'DL_MESSAGE_TOO_LARGE',
  });
  expect(log.standing().messages).toBe(1);
});

const feedbackOn = (n: number, value: string): FeedbackMessage => ({
  feedbackId: `f${n}-${value}`,
  predictionId: message(n).predictionId,
  kind: 'label',
  value,
  at: '2025-11-17T14:30:00.000Z',
  source: 'http',
});

test('feedback waits on the same disk, loses nothing, and a correction never overtakes what it corrects', async () => {
  const first = await spooling();
  first.brokers.state.problem = new Error('no leader');
  await first.log.publishPredictions([message(0)]);
  await first.log.publishFeedback([feedbackOn(0, 'UP'), feedbackOn(1, 'UP')]);
  await first.log.publishPredictions([message(1)]);
  await first.log.publishFeedback([feedbackOn(0, 'DOWN')]);
  expect(first.log.standing()).toMatchObject({ messages: 5, problem: 'no leader' });
  await first.log.stop();
  const brokers = fakeMessageLog({ delayMs: 2 });
  const second = await spooling({ brokers, folder: first.folder });
  // They are there, and yet this one waits behind what waits already.
  await second.log.publishFeedback([feedbackOn(1, 'DOWN')]);
  await expect.poll(() => second.log.standing().messages).toBe(0);
  expect(numbers(brokers.predictions)).toEqual([0, 1]);
  const given = brokers.feedback.map(({ feedbackId }) => feedbackId);
  expect(given).toEqual(['f0-UP', 'f1-UP', 'f0-DOWN', 'f1-DOWN']);
});

test('without room feedback is refused over HTTP, and may be sent again with the same id', async () => {
  const brokers = fakeMessageLog();
  const { log } = await spooling({ brokers, maxBytes: 300 });
  const { post } = await servingApp({ log, spool: log.standing });
  const give = (value: string) => {
    const { feedbackId, predictionId, kind } = feedbackOn(0, value);
    return post('/v1/feedback', { feedbackId, predictionId, kind, value });
  };
  brokers.state.problem = new Error('no leader');
  expect((await give('UP')).status).toBe(200);
  const refused = await give('DOWN');
  expect([refused.status, refused.headers.get('retry-after'), refused.body.error.code]).toEqual([
    503,
    '1',
    'DL_SPOOL_FULL',
  ]);
  brokers.state.problem = null;
  await expect.poll(() => log.standing().messages).toBe(0);
  expect((await give('DOWN')).status).toBe(200);
  expect(brokers.feedback.map(({ value }) => String(value).length)).toEqual([2, 4]);
});

test('a server whose predictions wait answers, is ready and says that it is degraded; without room it is not ready', async () => {
  const brokers = fakeMessageLog();
  const { log } = await spooling({ brokers, maxBytes: 600 });
  const { app, follower, predict } = await servingApp({ log, spool: log.standing });
  await follower.start();
  const ready = async () => {
    const answer = await app.request('/readyz');
    return [answer.status, await answer.json()];
  };
  expect(await ready()).toEqual([200, { ready: true }]);
  brokers.state.problem = new Error('no leader');
  expect((await predict({ instances: [{}] })).status).toBe(200);
  const waiting = '1 message waits on disk for Kafka, in 33 % of its room: no leader';
  expect(await ready()).toEqual([200, { ready: true, degraded: [waiting] }]);
  expect(await (await app.request('/metrics')).text()).toContain(
    'driftloop_spooled_messages{namespace="default"} 1',
  );
  const refused = await predict({ instances: Array.from({ length: 3 }, () => ({})) });
  expect([refused.status, refused.headers.get('retry-after'), refused.body.error.code]).toEqual([
    503,
    '1',
    'DL_SPOOL_FULL',
  ]);
  expect(await ready()).toEqual([503, { ready: false, problems: [waiting] }]);
  brokers.state.problem = null;
  await expect.poll(ready).toEqual([200, { ready: true }]);
  expect((await predict({ instances: [{}] })).status).toBe(200);
});
