/** The real services that ingest is measured on, and a database that begins afresh each round. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DriftloopConfig } from '../../../domain/model-config.ts';
import { databaseSchema } from '../../../domain/names.ts';
import { topics } from '../../../domain/messages.ts';
import { java } from '../../../infra/local/parts/java.ts';
import { kafka } from '../../../infra/local/parts/kafka.ts';
import { postgres } from '../../../infra/local/parts/postgres.ts';
import { provision } from '../../../infra/local/provision.ts';
import { realTools } from '../../../infra/local/tools.ts';
import { startPostgres } from '../../../infra/local/services/postgres.ts';
import { createMessageLog } from '../../../infra/kafka/message-log.ts';
import { ensureTopics } from '../../../infra/kafka/topics.ts';
import { openHandle } from '../../../infra/postgres/database.ts';
import { withClient } from '../../../infra/postgres/connect.ts';
import { migrate } from '../../../infra/postgres/migrate.ts';
import { openStores } from '../../../infra/postgres/open-stores.ts';
import { bucketOfTime, ensurePartitions } from '../../../infra/postgres/partitions.ts';
import { startTestKafka } from '../../support/test-kafka.ts';
import { makeMessages, reference } from './messages.ts';

export type Stage = { brokers: string[]; databaseUrl: string; namespace: string; close(): Promise<void> };

/** Kafka with a backlog of `events`, half predictions and half labels, and PostgreSQL. */
export async function setStage(events: number, seed: number): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-bench-ingest-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const one of closers.reverse()) await one();
  };
  try {
    await Promise.all([provision(kafka, realTools()), provision(java, realTools())]);
    const broker = await startTestKafka();
    closers.push(() => broker.stop());
    const databaseUrl = process.env['DATABASE_URL'] ?? (await startOwnPostgres(folder, closers));
    const namespace = `bench-${seed}`;
    await publish(broker.brokers, namespace, events / 2, seed);
    return { brokers: broker.brokers, databaseUrl, namespace, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** With fsync, as in production. */
async function startOwnPostgres(folder: string, closers: (() => Promise<unknown>)[]): Promise<string> {
  const found = await provision(postgres, realTools());
  if (found === null || found.where === 'environment') throw new Error('no PostgreSQL to start');
  const setting = { directory: path.join(folder, 'pg'), logs: folder, lastPorts: [], onExit: () => {} };
  const { databaseUrl, service } = await startPostgres(found.files, true, setting);
  closers.push(() => service.process.stop());
  return databaseUrl;
}

async function publish(brokers: string[], namespace: string, count: number, seed: number): Promise<void> {
  await ensureTopics({ brokers }, namespace, { replicationFactor: 1 });
  const log = await createMessageLog({ kafka: { brokers }, namespace });
  const made = [...makeMessages(seed, count, Date.now())];
  for (let from = 0; from < made.length; from += 2_000) {
    const chunk = made.slice(from, from + 2_000);
    await log.publishPredictions(chunk.map((m) => m.prediction));
    await log.publishFeedback(chunk.map((m) => m.feedback));
  }
  await log.close();
  process.stdout.write(`${count} predictions and as many labels in ${topics(namespace).predictions} …\n`);
}

/** An empty schema; with a config, its model has a version, and so something to count against. */
export async function freshSchema(
  database: { databaseUrl: string; namespace: string },
  config: DriftloopConfig | null,
): Promise<void> {
  await withClient(database, async (c) => {
    await c.query(`drop schema if exists "${databaseSchema(database.namespace)}" cascade`);
    await c.query('checkpoint');
  });
  await migrate(database.databaseUrl, database.namespace);
  const handle = openHandle(database, 1);
  await ensurePartitions(handle.pool, [bucketOfTime(Date.now()), bucketOfTime(Date.now() - 3_600_000)]);
  await handle.pool.end();
  if (config === null) return;
  const stores = await openStores(database);
  await stores.models.apply(config);
  await stores.versions.register({
    model: 'churn',
    digest: 'bench',
    parent: null,
    runId: null,
    snapshotId: null,
    trainSeconds: null,
    accuracyOnTest: null,
    reference,
  });
  await stores.close();
}
