import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMessageTraces } from '../../../domain/message-traces.ts';
import type { MessageTraces } from '../../../domain/message-traces.ts';
import type { PredictionMessage } from '../../../domain/messages.ts';
import type { Tracing } from '../../../domain/tracing.ts';
import { tracePublishing } from '../../../serving/serving-traces.ts';
import { openSpoolFiles } from '../../../serving/spool/spool-files.ts';
import { createSpooledLog } from '../../../serving/spool/spooled-log.ts';
import { fakeMessageLog } from '../../fakes/message-log.ts';

const context = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` };
const message = (n: number): PredictionMessage => ({
  predictionId: `019a8f00-0000-7000-8000-${String(n).padStart(12, '0')}`,
  model: 'meter',
  version: 'v1',
  input: { n },
  output: { label: 'UP', scores: { UP: 1 } },
  at: '2025-11-17T14:20:00.123Z',
});

/** Hears of each span, all of which have the same context. */
function oneSpan() {
  const begun: string[] = [];
  const tracing: Tracing = {
    span: (name, _, work) => {
      begun.push(name);
      return work({ context, rename() {}, add() {}, event() {}, fail() {} });
    },
    current: () => context,
    record() {},
  };
  return { tracing, begun };
}

test('what a request publishes is one span, whose context goes with each message; nothing is none', async () => {
  const { tracing, begun } = oneSpan();
  const messages = createMessageTraces();
  const traces = {
    tracing,
    messages,
    requests: async () => {},
    topics: { predictions: 'ns.predictions', feedback: 'ns.feedback' },
  };
  const sent: object[] = [];
  const publish = tracePublishing(traces, 'predictions', async (batch) => void sent.push(...batch));
  await publish([]);
  expect(begun).toEqual([]);
  await publish([message(1), message(2)]);
  expect(begun).toEqual(['send ns.predictions']);
  expect(sent.map((one) => messages.of(one))).toEqual([context, context]);
  // The contract of the topics knows nothing of it.
  expect(sent).toEqual([message(1), message(2)]);
});

async function spooling(folder: string, brokers: ReturnType<typeof fakeMessageLog>, traces?: MessageTraces) {
  const say = () => {};
  const log = createSpooledLog({
    messages: brokers.log,
    files: await openSpoolFiles({ folder, onDamaged: say }),
    log: { info: say, warn: say, error: say },
    maxBytes: 100_000,
    retryMs: 5,
    ...(traces === undefined ? {} : { traces }),
  });
  onTestFinished(() => log.stop());
  return log;
}

test('a message that waits on disk keeps its trace, also for the process that brings it to Kafka', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'driftloop-spool-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const brokers = fakeMessageLog();
  brokers.state.problem = new Error('no leader');
  const before = createMessageTraces();
  const first = await spooling(folder, brokers, before);
  const [traced, plain] = [message(1), message(2)];
  before.put(traced, context);
  await first.publishPredictions([traced, plain]);
  await first.stop();

  brokers.state.problem = null;
  const after = createMessageTraces();
  (await spooling(folder, brokers, after)).start();
  await expect.poll(() => brokers.predictions.length).toBe(2);
  expect(brokers.predictions).toEqual([traced, plain]);
  expect(brokers.predictions.map((one) => after.of(one))).toEqual([context, null]);
});

test('where traces have been switched off since, what comes from the disk is the message alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'driftloop-spool-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const brokers = fakeMessageLog();
  brokers.state.problem = new Error('no leader');
  const traces = createMessageTraces();
  const first = await spooling(folder, brokers, traces);
  const traced = message(1);
  traces.put(traced, context);
  await first.publishPredictions([traced]);
  await first.stop();
  brokers.state.problem = null;
  (await spooling(folder, brokers)).start();
  await expect.poll(() => brokers.predictions).toEqual([message(1)]);
});

test('where traces are off, nothing of them stands on the disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'driftloop-spool-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const brokers = fakeMessageLog();
  brokers.state.problem = new Error('no leader');
  const log = await spooling(folder, brokers);
  await log.publishPredictions([message(1)]);
  const [file] = await readdir(folder);
  expect(await readFile(join(folder, file!), 'utf8')).toBe(`${JSON.stringify(message(1))}\n`);
});
