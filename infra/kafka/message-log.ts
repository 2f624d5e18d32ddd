import { Partitioners, type Kafka, type Message } from 'kafkajs';
import { BATCH_BYTES, sizeInBatch } from '../../domain/message-size.ts';
import type { MessageTraces } from '../../domain/message-traces.ts';
import { topics } from '../../domain/messages.ts';
import type { MessageLog } from '../../domain/ports.ts';
import type { TraceContext } from '../../domain/tracing.ts';
import { connect, type KafkaConnection, type KafkaLog } from './connection.ts';
import { kafkaProblem } from './reach.ts';

/**
 * Publishes to the topics of a namespace, keyed by prediction id, and resolves when all replicas in sync have it.
 * A retried message may stand there twice: ingest knows it by its id.
 *
 * Publishing throws DL_MESSAGE_TOO_LARGE, before anything is sent, where one message is larger than brokers take.
 *
 * @throws DL_KAFKA_UNREACHABLE, DL_KAFKA_REFUSED
 */
export async function createMessageLog({
  kafka,
  namespace,
  log,
  traces,
}: {
  kafka: KafkaConnection;
  namespace: string;
  log?: KafkaLog;
  /** Which request each message belongs to: its headers say it. Left out where traces are off. */
  traces?: MessageTraces;
}): Promise<MessageLog & { close(): Promise<void> }> {
  const producer = openProducer(connect(kafka, 'driftloop-log', log));
  await producer.connect().catch((error: unknown) => {
    throw kafkaProblem(kafka, error);
  });
  const names = topics(namespace);
  const publish = async (topic: string, messages: readonly { predictionId: string }[]) => {
    const records = messages.map((m) => ({
      key: m.predictionId,
      value: JSON.stringify(m),
      ...headersOf(traces?.of(m)),
    }));
    for (const batch of inBatches(records)) await producer.send({ topic, acks: -1, messages: batch });
  };
  return {
    publishPredictions: (messages) => publish(names.predictions, messages),
    publishFeedback: (messages) => publish(names.feedback, messages),
    close: () => producer.disconnect(),
  };
}

const headersOf = (context: TraceContext | null | undefined): { headers?: Record<string, string> } =>
  context == null ? {} : { headers: { ...context } };

type Keyed = { key: string; value: string; headers?: Record<string, string> };

/** Records in their order, in batches that a broker takes. */
export function inBatches(records: readonly Keyed[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = sizeInBatch(record.key, record.value) + sizeOf(record.headers);
    if (bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(record);
    bytes += size;
  }
  return batches;
}

const sizeOf = (headers: Record<string, string> = {}): number =>
  Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);

/** Keys are spread as Java clients spread them, so that producers of other languages agree on the partition. */
export const openProducer = (kafka: Kafka) =>
  kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
