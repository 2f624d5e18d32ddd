import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { RawRecord, TopicPartition } from '../../domain/ingest-ports.ts';
import { topics } from '../../domain/messages.ts';
import { ingestBatch } from '../../monitors/ingest/ingest-batch.ts';
import { insist } from './insist.ts';
import { logEnds, topicRecreated } from './log-ends.ts';
import { ingestGroup } from './ingest-group.ts';
import type { Consuming, Ingest } from './run-ingest.ts';
import { spanOfBatch } from './trace-batch.ts';

/** Records of one transaction: long enough to be quick, short enough to heartbeat between two. */
const recordsPerTransaction = 2_000;

const toRecord = ({ offset, key, value }: KafkaMessage): RawRecord => ({
  offset: BigInt(offset),
  key,
  value,
});

/** Takes one fetched batch, a transaction after the other. */
export async function takeBatch(
  ingest: Ingest,
  { consumer, positioned, labelsWait }: Consuming,
  payload: EachBatchPayload,
): Promise<void> {
  const { batch, heartbeat, isRunning, isStale, resolveOffset } = payload;
  const { store, recentInputs, clusterId, namespace, signal, log, tracing } = ingest;
  const at: TopicPartition = { clusterId, topic: batch.topic, partition: batch.partition };
  const insisting = <T>(work: () => Promise<T>) =>
    insist(work, {
      signal,
      meanwhile: heartbeat,
      onFailure: (error, waitMs) =>
        log({
          message: 'a batch is tried again',
          fields: { topic: at.topic, partition: at.partition, waitMs, error: String(error) },
        }),
    });

  const key = `${at.topic} ${at.partition}`;
  if (!positioned.has(key)) {
    const known = await insisting(() => store.next(at));
    const high = BigInt(batch.highWatermark);
    if (known !== null && known > high) throw topicRecreated(at, known, high);
    // What nobody has read begins with the log, whatever Kafka remembers of a database that was there before.
    const next = known ?? (await insisting(() => logBeginning(ingest, at)));
    positioned.add(key);
    const first = batch.firstOffset();
    if (first !== null && BigInt(first) !== next) {
      // The fetch began where Kafka had it; the truth is ours.
      consumer.seek({ topic: at.topic, partition: at.partition, offset: next.toString() });
      return;
    }
  }

  const traced = (messages: readonly KafkaMessage[], work: () => Promise<void>) => {
    if (tracing === null) return insisting(work);
    const { name, about } = spanOfBatch(at, ingestGroup(namespace), messages);
    return tracing.span(name, about, () => insisting(work));
  };

  const names = topics(namespace);
  const stream = at.topic === names.predictions ? 'predictions' : 'feedback';
  for (let from = 0; from < batch.messages.length; from += recordsPerTransaction) {
    if (!isRunning() || isStale() || signal.aborted) return;
    const messages = batch.messages.slice(from, from + recordsPerTransaction);
    const last = messages.at(-1)!;
    const time = Number(last.timestamp);
    if (stream === 'feedback' && labelsWait.isEarly(at.partition, time)) {
      // Fetched again, from the first of these on, when the predictions have come as far.
      labelsWait.hold(at.partition, time, payload.pause());
      return;
    }
    const records = messages.map(toRecord);
    await traced(messages, async () => {
      const catalogue = await store.catalogue();
      const options = { store, catalogue, nowMs: Date.now(), feedbackTopic: names.feedback, recentInputs };
      await ingestBatch(options, stream, at, records);
    });
    resolveOffset(last.offset);
    if (stream === 'predictions') {
      // The batch may end with records of the broker's own, which are not among the messages.
      const taken = last === batch.messages.at(-1) ? batch.lastOffset() : last.offset;
      const isEnd = BigInt(taken) + 1n >= BigInt(batch.highWatermark);
      labelsWait.reached(at.partition, isEnd ? 'its end' : time);
    }
    await heartbeat();
  }
}

const logBeginning = async (ingest: Ingest, { topic, partition }: TopicPartition): Promise<bigint> =>
  (await logEnds(ingest, { [topic]: [partition] }))[0]?.low ?? 0n;
