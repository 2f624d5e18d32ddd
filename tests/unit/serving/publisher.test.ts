import { expect, test } from 'vitest';
import { DriftloopError } from '../../../domain/errors.ts';
import { createPublisher, LogUnreachable } from '../../../serving/publisher.ts';

test('a message is promised only when the brokers have acknowledged it, and messages that wait leave together', async () => {
  const sent: (readonly number[])[] = [];
  const acks: (() => void)[] = [];
  const publisher = createPublisher<number>((messages) => {
    sent.push(messages);
    return new Promise((resolve) => acks.push(resolve));
  });
  const done: number[] = [];
  const all = [1, 2, 3].map((n) => publisher.publish([n]).then(() => done.push(n)));
  expect(sent).toEqual([[1]]);
  expect(done).toEqual([]);
  acks[0]!();
  await all[0];
  expect(done).toEqual([1]);
  expect(sent).toEqual([[1], [2, 3]]);
  acks[1]!();
  await Promise.all(all);
  expect(done).toEqual([1, 2, 3]);
  expect(publisher.waiting()).toBe(0);
});

test('brokers that refuse are a problem of those messages only', async () => {
  let refuse = true;
  const publisher = createPublisher<number>(async () => {
    if (refuse) throw new Error('no leader');
  });
  await expect(publisher.publish([1])).rejects.toMatchObject({
    code: 'DL_KAFKA_UNREACHABLE',
    status: 503,
    retryable: true,
  });
  refuse = false;
  await expect(publisher.publish([2])).resolves.toBeUndefined();
});

test('what one request did wrong is refused to it alone, and not to those that wait beside it', async () => {
  const tooLarge = new DriftloopError('DL_MESSAGE_TOO_LARGE', 'It is too large.', { fix: 'Send less.' });
  const publisher = createPublisher<number>(async (messages) => {
    if (messages.includes(13)) throw tooLarge;
  });
  const ended = await Promise.allSettled([1, 2, 13, 4].map((n) => publisher.publish([n])));
  expect(ended.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(ended[2]).toMatchObject({ reason: { code: 'DL_MESSAGE_TOO_LARGE', status: 413 } });
});

test('brokers that never answer are given up after the timeout', async () => {
  const publisher = createPublisher<number>(() => new Promise(() => {}), { ackTimeoutMs: 20 });
  await expect(publisher.publish([1])).rejects.toThrow('no acknowledgement within 20 ms');
});

test('a full queue turns a request away at once', async () => {
  const publisher = createPublisher<number>(() => new Promise(() => {}), { maxWaiting: 2, ackTimeoutMs: 50 });
  const first = publisher.publish([1, 2]);
  await expect(publisher.publish([3])).rejects.toThrow(LogUnreachable);
  await expect(first).rejects.toThrow('no acknowledgement');
});
