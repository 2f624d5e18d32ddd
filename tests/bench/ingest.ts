/**
 * Ingest of a backlog: Kafka → joined rows and totals in Postgres, exactly once, against the limit on the same machine:
 * a bare kafkajs consumer that reads the same messages, plus one COPY of the same rows into the same tables. Real
 * services of its own in a temporary folder; both sides take turns.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { databaseSchema } from '../../domain/names.ts';
import { topics } from '../../domain/messages.ts';
import { java } from '../../infra/local/parts/java.ts';
import { kafka } from '../../infra/local/parts/kafka.ts';
import { postgres } from '../../infra/local/parts/postgres.ts';
import { provision } from '../../infra/local/provision.ts';
import { realTools } from '../../infra/local/tools.ts';
import { startPostgres } from '../../infra/local/services/postgres.ts';
import { createMessageLog } from '../../infra/kafka/message-log.ts';
import { ensureTopics } from '../../infra/kafka/topics.ts';
import { openHandle } from '../../infra/postgres/database.ts';
import { withClient } from '../../infra/postgres/connect.ts';
import { migrate } from '../../infra/postgres/migrate.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import { bucketOfTime, ensurePartitions } from '../../infra/postgres/partitions.ts';
import { startTestKafka } from '../support/test-kafka.ts';
import { config, makeMessages, reference } from './ingest/messages.ts';
import { consumeAll, copyAll, readRows, type Rows } from './ingest/limit.ts';
import { runOurs } from './ingest/ours.ts';
import { postgresSeconds } from './ingest/processor-time.ts';
import type { BenchResults } from './result.ts';

const help = `npm run bench -- ingest [--events N] [--rounds N] [--seed N]

  --events N   predictions and labels, half of each (200000)
  --rounds N   each round is both sides, one after the other (3)
`;

export async function run(args: readonly string[]): Promise<BenchResults | null> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '200000' },
      rounds: { type: 'string', default: '3' },
      seed: { type: 'string', default: '1' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return null;
  }
  const [events, rounds, seed] = [Number(values.events), Number(values.rounds), Number(values.seed)];
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-bench-ingest-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    await Promise.all([provision(kafka, realTools()), provision(java, realTools())]);
    const broker = await startTestKafka();
    closers.push(() => broker.stop());
    const databaseUrl = process.env['DATABASE_URL'] ?? (await startOwnPostgres(folder, closers));
    const namespace = `bench-${seed}`;
    const database = { databaseUrl, namespace };
    await publish(broker.brokers, namespace, events / 2, seed);

    const ours: Awaited<ReturnType<typeof runOurs>>[] = [];
    const limit: { consume: number; copy: number; node: number; postgres: number }[] = [];
    const postgresUsed = await postgresSeconds(database);
    let rows: Rows | null = null;
    for (let round = 1; round <= rounds; round += 1) {
      await freshSchema(database);
      const own = await runOurs({ ...database, brokers: broker.brokers, events });
      ours.push(own);
      rows ??= await readRows(database);
      await freshSchema(database, false);
      const before = { cpu: process.cpuUsage(), postgres: postgresUsed() };
      const consume = await consumeAll(broker.brokers, namespace, events);
      const copy = await copyAll(database, rows);
      const { user, system } = process.cpuUsage(before.cpu);
      limit.push({ consume, copy, node: (user + system) / 1e6, postgres: postgresUsed() - before.postgres });
      process.stdout.write(
        `round ${round}: ingest ${own.seconds.toFixed(1)} s (processor: node ${own.node.toFixed(1)}, postgres ${own.postgres.toFixed(1)}); ` +
          `limit ${consume.toFixed(1)} s to read + ${copy.toFixed(1)} s to copy (processor: node ${limit.at(-1)!.node.toFixed(1)}, postgres ${limit.at(-1)!.postgres.toFixed(1)})\n`,
      );
    }
    const eventsPerSecond = Math.round(events / middle(ours, 'seconds'));
    const whole = limit.map(({ consume, copy }) => ({ seconds: consume + copy }));
    const limitPerSecond = Math.round(events / middle(whole, 'seconds'));
    return {
      results: {
        eventsPerSecond,
        limitPerSecond,
        ratio: Math.round((eventsPerSecond / limitPerSecond) * 1000) / 1000,
        ingest: {
          seconds: middle(ours, 'seconds'),
          nodeProcessorSeconds: middle(ours, 'node'),
          postgresProcessorSeconds: middle(ours, 'postgres'),
        },
        limit: {
          readSeconds: middle(limit, 'consume'),
          copySeconds: middle(limit, 'copy'),
          nodeProcessorSeconds: middle(limit, 'node'),
          postgresProcessorSeconds: middle(limit, 'postgres'),
        },
      },
      options: { events, rounds, seed },
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** The median of one figure over the rounds. */
function middle<K extends string>(rounds: readonly Readonly<Record<K, number>>[], key: K): number {
  const sorted = rounds.map((round) => round[key]).toSorted((a, b) => a - b);
  return Math.round(sorted[sorted.length >> 1]! * 100) / 100;
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

async function freshSchema(
  database: { databaseUrl: string; namespace: string },
  isDeclared = true,
): Promise<void> {
  await withClient(database, async (c) => {
    await c.query(`drop schema if exists "${databaseSchema(database.namespace)}" cascade`);
    await c.query('checkpoint');
  });
  await migrate(database.databaseUrl, database.namespace);
  const handle = openHandle(database, 1);
  await ensurePartitions(handle.pool, [bucketOfTime(Date.now()), bucketOfTime(Date.now() - 3_600_000)]);
  await handle.pool.end();
  if (!isDeclared) return;
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
