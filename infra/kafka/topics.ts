import pRetry from 'p-retry';
import { topics } from '../../domain/messages.ts';
import { connect, type KafkaConnection } from './connection.ts';

/** Predictions and feedback have the same number, so that what belongs together is spread alike. */
const streams = 4;

export type TopicOptions = {
  /** Partitions of predictions and feedback where they are made now; topics that exist stay as they are. */
  partitions?: number;
  /** Default: what the brokers prefer. */
  replicationFactor?: number;
};

/** Creates the topics of a namespace where they are missing. Safe to repeat and side by side. */
export async function ensureTopics(
  connection: KafkaConnection,
  namespace: string,
  { partitions = streams, replicationFactor = -1 }: TopicOptions = {},
): Promise<void> {
  const admin = connect(connection, 'driftloop-topics').admin();
  await admin.connect();
  try {
    const names = topics(namespace);
    const wanted = [
      { topic: names.predictions, numPartitions: partitions },
      { topic: names.feedback, numPartitions: partitions },
      { topic: names.deadLetter, numPartitions: 1 },
      { topic: names.events, numPartitions: 1 },
    ];
    const existing = new Set(await admin.listTopics());
    const missing = wanted.filter((t) => !existing.has(t.topic));
    if (missing.length === 0) return;
    // False where another process was quicker; that is as good.
    await admin.createTopics({
      // kafkajs' own wait gives up at a broker that has not heard of the topic yet; ours, below, does not.
      waitForLeaders: false,
      topics: missing.map((t) => ({ ...t, replicationFactor })),
    });
    // A leader that is named may not lead yet, and of a batch for several partitions kafkajs sends all of it again
    // when one of them refuses. Offsets are answered only once every partition is led.
    const untilLed = { retries: 10, minTimeout: 20, factor: 2, maxTimeout: 2_000 };
    for (const { topic } of missing) await pRetry(() => admin.fetchTopicOffsets(topic), untilLed);
  } finally {
    await admin.disconnect();
  }
}
