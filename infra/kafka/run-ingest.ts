import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { IngestStore } from '../../domain/ingest-ports.ts';
import { topics } from '../../domain/messages.ts';
import type { TeachStore } from '../../domain/teach.ts';
import type { Tracing } from '../../domain/tracing.ts';
import { createRecentInputs, type RecentInputs } from '../../monitors/ingest/recent-inputs.ts';
import { connect, type KafkaConnection, type KafkaLog } from './connection.ts';
import { ingestGroup } from './ingest-group.ts';
import { insist, pause } from './insist.ts';
import { createLabelsWait, type LabelsWait } from './labels-wait.ts';
import { checkLogEnd, logEnds } from './log-ends.ts';
import { runUpkeep } from './run-upkeep.ts';
import { takeBatch } from './take-batch.ts';
import { ensureTopics } from './topics.ts';

export type RunIngestOptions = {
  kafka: KafkaConnection;
  namespace: string;
  stores: { ingest: IngestStore; teach: Pick<TeachStore, 'relay'> };
  signal: AbortSignal;
  log?: KafkaLog;
  /** Partitions that are taken side by side; each needs a connection to the database. */
  concurrency?: number;
  /**
   * After so long without a sign of life an owner loses its partitions to the others, and for so long what one that was
   * killed had is left alone. It says something every second.
   */
  sessionTimeoutMs?: number;
  /** Null, or left out, where traces are off. */
  tracing?: Tracing | null;
};

/** What belongs to one life of a consumer. */
export type Consuming = {
  consumer: Consumer;
  /** Partitions that were put where the truth says since they were assigned. */
  positioned: Set<string>;
  labelsWait: LabelsWait;
};

/** What a running ingest is made of. */
export type Ingest = Required<Omit<RunIngestOptions, 'stores'>> & {
  store: IngestStore;
  teach: Pick<TeachStore, 'relay'>;
  recentInputs: RecentInputs;
  client: Kafka;
  clusterId: string;
};

/**
 * Consumes predictions and feedback until the signal. Any number of processes may run it: Kafka spreads the
 * partitions over them, and a row lock in Postgres keeps two owners apart while it does.
 *
 * Brokers or database may be away for a while; nothing is lost and nothing counts twice.
 *
 * @throws DL_TOPIC_RECREATED when a topic ends before what has taken effect
 */
export async function runIngest({
  kafka,
  namespace,
  stores,
  signal,
  log = () => {},
  concurrency = 4,
  sessionTimeoutMs = 10_000,
  tracing = null,
}: RunIngestOptions): Promise<void> {
  const client = connect(kafka, 'driftloop-ingest', log);
  const onFailure = (error: unknown, waitMs: number) =>
    log({ message: 'ingest waits for what is away', fields: { waitMs, error: String(error) } });
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  try {
    const clusterId = await insist(
      async () => {
        await ensureTopics(kafka, namespace);
        return await findClusterId(client);
      },
      { signal, onFailure },
    );
    const ingest: Ingest = {
      kafka,
      namespace,
      store: stores.ingest,
      teach: stores.teach,
      recentInputs: createRecentInputs(),
      signal: either,
      log,
      concurrency,
      sessionTimeoutMs,
      tracing,
      client,
      clusterId,
    };
    // Where one of them cannot go on, the other ends too.
    const parts = [consumeUntilEnd(ingest), runUpkeep(ingest)];
    await Promise.all(parts.map((part) => part.finally(() => ended.abort())));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function findClusterId(client: Kafka): Promise<string> {
  const admin = client.admin();
  await admin.connect();
  try {
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect();
  }
}

/** A consumer that crashed is replaced by a new one, for as long as the error may pass. */
async function consumeUntilEnd(ingest: Ingest): Promise<void> {
  const { signal, log } = ingest;
  await insist(() => consume(ingest), {
    signal,
    onFailure: (error, waitMs) =>
      log({ message: 'ingest begins again', fields: { waitMs, error: String(error) } }),
  }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

async function consume(ingest: Ingest): Promise<void> {
  const { client, namespace, signal, concurrency, sessionTimeoutMs } = ingest;
  const names = topics(namespace);
  const consumer = client.consumer({
    groupId: ingestGroup(namespace),
    sessionTimeout: sessionTimeoutMs,
    // How long the others wait for a member that does not say that it is gone.
    rebalanceTimeout: sessionTimeoutMs,
    heartbeatInterval: 1_000,
    // A transaction has its price, whether it takes one record or a thousand: the broker lets a few come together.
    maxWaitTimeInMs: 250,
    minBytes: 2 ** 16,
    allowAutoTopicCreation: false,
    // This file begins again by itself, whatever the consumer died of.
    retry: { restartOnFailure: async () => false },
  });
  const consuming: Consuming = { consumer, positioned: new Set(), labelsWait: createLabelsWait() };
  const crash = watchCrash(ingest, consuming);
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [names.predictions, names.feedback], fromBeginning: true });
    await consumer.run({
      // What Kafka knows is a hint only; the truth is in the transaction.
      autoCommitInterval: 5_000,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: concurrency,
      eachBatch: async (payload: EachBatchPayload) => {
        try {
          await takeBatch(ingest, consuming, payload);
        } catch (error) {
          crash.notice(error);
          throw error;
        }
      },
    });
    await Promise.race([crash.happened, pause(2 ** 31 - 1, signal)]);
  } finally {
    await consumer.disconnect().catch(() => {});
  }
}

/** Rejects when the consumer died, with the error that it died of; looks at the logs' ends after each assignment. */
function watchCrash(ingest: Ingest, { consumer, positioned, labelsWait }: Consuming) {
  const { predictions } = topics(ingest.namespace);
  let fail: (error: unknown) => void = () => {};
  const happened = new Promise<never>((_, reject) => (fail = reject));
  happened.catch(() => {});
  consumer.on(consumer.events.CRASH, ({ payload }) => fail(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    // Another member may have taken these partitions further since.
    positioned.clear();
    labelsWait.assigned(payload.memberAssignment[predictions] ?? []);
    // Nothing new may come, and then no batch would tell: of a topic that was recreated, or of a database that was
    // restored, which knows of less than Kafka believes it has taken.
    logEnds(ingest, payload.memberAssignment)
      .then((ends) =>
        Promise.all(
          ends.map(async (end) => {
            const { topic, partition, high } = end;
            const from = await checkLogEnd(ingest, end);
            if (topic === predictions && from >= high) labelsWait.reached(partition, 'its end');
            if (from < high && !positioned.has(`${topic} ${partition}`))
              consumer.seek({ topic, partition, offset: from.toString() });
          }),
        ),
      )
      .catch((error: unknown) => fail(error));
  });
  // kafkajs wraps what a batch throws, or takes it for a reason to try again: our own word counts first.
  const notice = (error: unknown) => {
    if (error instanceof Error && error.name === 'DriftloopError') fail(error);
  };
  return { happened, notice };
}
