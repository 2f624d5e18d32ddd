import { DriftloopError } from '../../domain/errors.ts';
import type { TopicPartition } from '../../domain/ingest-ports.ts';
import type { Ingest } from './run-ingest.ts';

/** The first offset that a partition still has, and the one that its next message will get. */
export type LogEnd = { topic: string; partition: number; low: bigint; high: bigint };

/** The ends of the logs of some partitions, asked of the brokers. */
export async function logEnds(
  { client }: Pick<Ingest, 'client'>,
  assignment: Readonly<Record<string, readonly number[]>>,
): Promise<LogEnd[]> {
  const admin = client.admin();
  await admin.connect();
  try {
    const ends: LogEnd[] = [];
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (partitions.includes(partition))
          ends.push({ topic, partition, low: BigInt(low), high: BigInt(high) });
      }
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

/**
 * More has taken effect than the log holds: it is another log. Its messages would be dropped as seen before. Where the
 * log begins after what has taken effect, messages were deleted before anybody read them: that is said, and it goes on.
 *
 * @throws DL_TOPIC_RECREATED
 */
export async function checkLogEnd(
  { store, clusterId, log }: Pick<Ingest, 'store' | 'clusterId' | 'log'>,
  { topic, partition, low, high }: LogEnd,
): Promise<bigint> {
  const at: TopicPartition = { clusterId, topic, partition };
  const next = await store.next(at);
  if (next === null) return low;
  if (next > high) throw topicRecreated(at, next, high);
  if (next < low) {
    const [from, to] = [next.toString(), (low - 1n).toString()];
    log({
      message: 'messages are lost',
      fields: { code: 'DL_MESSAGES_LOST', topic, partition, from, to },
    });
  }
  return next < low ? low : next;
}

export const topicRecreated = ({ topic, partition }: TopicPartition, next: bigint, high: bigint) =>
  new DriftloopError(
    'DL_TOPIC_RECREATED',
    `Partition ${partition} of topic "${topic}" ends at offset ${high}, but ${next} messages of it have taken effect: the topic was deleted and made anew.`,
    {
      fix: 'If that was meant, have it read from its beginning (`driftloop topic reread predictions`, or feedback), and start the monitor again.',
      status: 409,
    },
  );
