import { Partitioners, type Kafka, type Message } from 'kafkajs';
import { BATCH_BYTES, sizeInBatch } from '../../domain/message-size.ts';
import { topics } from '../../domain/messages.ts';
import type { MessageLog } from '../../domain/ports.ts';
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
}: {
  kafka: KafkaConnection;
  namespace: string;
  log?: KafkaLog;
}): Promise<MessageLog & { close(): Promise<void> }> {
  const producer = openProducer(connect(kafka, 'driftloop-log', log));
  await producer.connect().catch((error: unknown) => {
    throw kafkaProblem(kafka, error);
  });
  const names = topics(namespace);
  const publish = async (topic: string, messages: readonly { predictionId: string }[]) => {
    const records = messages.map((m) => ({ key: m.predictionId, value: JSON.stringify(m) }));
    for (const batch of inBatches(records)) await producer.send({ topic, acks: -1, messages: batch });
  };
  return {
    publishPredictions: (messages) => publish(names.predictions, messages),
    publishFeedback: (messages) => publish(names.feedback, messages),
    close: () => producer.disconnect(),
  };
}

/** Records in their order, in batches that a broker takes. */
export function inBatches(records: readonly { key: string; value: string }[]): Message[][] {
  const batches: Message[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const record of records) {
    const size = sizeInBatch(record.key, record.value);
    if (bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    batches.at(-1)!.push(record);
    bytes += size;
  }
  return batches;
}

/** Keys are spread as Java clients spread them, so that producers of other languages agree on the partition. */
export const openProducer = (kafka: Kafka) =>
  kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
