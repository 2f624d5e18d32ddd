import type { KafkaMessage } from 'kafkajs';
import { expect, test } from 'vitest';
import { inBatches } from '../../../../infra/kafka/message-log.ts';
import { spanOfBatch } from '../../../../infra/kafka/trace-batch.ts';

const sender = (n: number) => `00-${String(n).padStart(32, 'a')}-${'b'.repeat(16)}-01`;
const message = (offset: number, traceparent: string | null): KafkaMessage =>
  ({
    offset: String(offset),
    headers: traceparent === null ? {} : { traceparent: Buffer.from(traceparent) },
  }) as unknown as KafkaMessage;
const spanOf = (messages: KafkaMessage[]) =>
  spanOfBatch({ topic: 'predictions', partition: 2 }, 'ingest', messages).about;

test('a batch of many requests is linked to each of them once, and a part of none', () => {
  const batch = [message(5, sender(1)), message(6, sender(2)), message(7, sender(1)), message(8, null)];
  expect(spanOf(batch)).toMatchObject({
    kind: 'consumer',
    parent: null,
    links: [{ traceparent: sender(1) }, { traceparent: sender(2) }],
    facts: {
      'messaging.system': 'kafka',
      'messaging.destination.name': 'predictions',
      'messaging.destination.partition.id': '2',
      'messaging.consumer.group.name': 'ingest',
      'messaging.batch.message_count': 4,
    },
  });
});

test('what came with one request is the next step of it', () => {
  const { parent, links } = spanOf([message(5, sender(1)), message(6, sender(1))]);
  expect(parent).toEqual({ traceparent: sender(1) });
  expect(links).toEqual([{ traceparent: sender(1) }]);
});

test('messages of producers that say nothing, or nonsense, are a trace of their own', () => {
  const { parent, links } = spanOf([message(5, null), message(6, 'nonsense')]);
  expect([parent, links]).toEqual([null, []]);
});

test('a span names no more senders than it can keep', () => {
  expect(spanOf(Array.from({ length: 2_000 }, (_, n) => message(n, sender(n)))).links).toHaveLength(128);
});

test('headers need room in a batch, too', () => {
  const record = { key: 'k', value: 'v'.repeat(400_000) };
  const headers = { traceparent: 'x'.repeat(60_000) };
  expect(inBatches([record, record])).toHaveLength(1);
  expect(
    inBatches([
      { ...record, headers },
      { ...record, headers },
    ]),
  ).toHaveLength(2);
});
