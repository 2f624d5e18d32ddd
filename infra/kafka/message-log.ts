import { Partitioners, type Kafka, type Message } from 'kafkajs';
import { topics } from '../../domain/messages.ts';
import type { MessageLog } from '../../domain/ports.ts';
import { connect, type KafkaConnection, type KafkaLog } from './connection.ts';

/**
 * Publishes to the topics of a namespace, keyed by prediction id, and resolves when all replicas in sync have it.
 * A retried message may stand there twice: ingest knows it by its id.
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
  await producer.connect();
  const names = topics(namespace);
  const publish = async (topic: string, messages: readonly { predictionId: string }[]) => {
    if (messages.length === 0) return;
    const records: Message[] = messages.map((m) => ({ key: m.predictionId, value: JSON.stringify(m) }));
    await producer.send({ topic, acks: -1, messages: records });
  };
  return {
    publishPredictions: (messages) => publish(names.predictions, messages),
    publishFeedback: (messages) => publish(names.feedback, messages),
    close: () => producer.disconnect(),
  };
}

/** Keys are spread as Java clients spread them, so that producers of other languages agree on the partition. */
export const openProducer = (kafka: Kafka) =>
  kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
