import type pg from 'pg';
import type {
  Catalogue,
  DeadLetter,
  IngestModel,
  IngestStore,
  IngestTransaction,
  Total,
  TopicPartition,
} from '../../domain/ingest-ports.ts';
import { milliseconds } from '../../domain/duration.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { PerformanceEstimator } from '../../domain/performance-estimator.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import { cannotStore, lacksPartition, refusesValue } from './database-errors.ts';
import { transaction, type Handle } from './database.ts';
import { expireFeedback, insertDeadLetters, relayDeadLetters } from './dead-letters.ts';
import { relayEvents } from './events.ts';
import { addHappened, dropHappened } from './happened.ts';
import { bucketOf, bucketOfTime, dropPartitionsBefore, ensurePartitions } from './partitions.ts';
import { storeFeedback } from './store-feedback.ts';
import { storePredictions } from './store-predictions.ts';

const defaultRetention = '400d';
const defaultSeries = 2_000;
const defaultJoinHorizon = '30d';

export function createIngestStore({ pool }: Handle): IngestStore {
  const known = new Set<string>();
  return {
    catalogue: createCatalogue(pool),

    async makeRoom(predictionIds) {
      const missing = new Set(predictionIds.map(bucketOf).filter((bucket) => !known.has(bucket)));
      if (missing.size === 0) return;
      await ensurePartitions(pool, [...missing]);
      for (const bucket of missing) known.add(bucket);
    },

    async next({ clusterId, topic, partition }) {
      const { rows } = await pool.query<{ next: string }>(
        'select next::text as next from ingest_offsets where cluster_id = $1 and topic = $2 and partition = $3',
        [clusterId, topic, partition],
      );
      return rows[0] === undefined ? null : BigInt(rows[0].next);
    },

    async forgetTopic(topic) {
      const { rowCount } = await pool.query('delete from ingest_offsets where topic = $1', [topic]);
      return rowCount ?? 0;
    },

    async transact(at, work) {
      try {
        const inTransaction = async (client: pg.PoolClient) => {
          const next = await lockOffset(client, at);
          return await work(inside(client, at, next));
        };
        return await transaction(pool, inTransaction, byKey);
      } catch (error) {
        if (lacksPartition(error)) known.clear();
        else if (refusesValue(error)) throw cannotStore(error);
        throw error;
      }
    },

    async dropBefore(before) {
      // While a backup is being taken nothing goes; the next time will do.
      if ((await dropPartitionsBefore(pool, before)) === null) return;
      const firstKept = bucketOfTime(before.getTime());
      await pool.query('delete from champion_scores where bucket < $1', [firstKept]);
      await pool.query('delete from teach_rows where bucket < $1', [firstKept]);
      await pool.query('delete from happened where starts_at < $1', [before]);
      await pool.query('delete from dead_letters where at < $1 and relayed_at is not null', [before]);
      known.clear();
    },

    dropHappened: (before) => dropHappened(pool, before),
    expireFeedback: (topic, before, limit) => expireFeedback(pool, topic, before, limit),
    relayDeadLetters: (limit, send) => relayDeadLetters(pool, limit, send),
    relayEvents: (limit, send) => relayEvents(pool, limit, send),
  };
}

/**
 * Ingest finds every row by its key. The partition of a new week has no statistics yet, and a planner that takes it for
 * small would read all of it for each batch; one that remembers a plan would not know how long a batch is.
 */
const byKey = 'begin; set local enable_seqscan = off; set local plan_cache_mode = force_custom_plan';

/** Takes the row lock of a partition's offset, making the row where there is none. */
async function lockOffset(client: pg.PoolClient, at: TopicPartition): Promise<bigint | null> {
  const key = [at.clusterId, at.topic, at.partition];
  const lock = () =>
    client.query<{ next: string }>(
      `select next::text as next from ingest_offsets where cluster_id = $1 and topic = $2 and partition = $3
          for update`,
      key,
    );
  const { rows } = await lock();
  if (rows[0] !== undefined) return BigInt(rows[0].next);
  const made = await client.query(
    `insert into ingest_offsets (cluster_id, topic, partition, next) values ($1, $2, $3, 0)
      on conflict do nothing`,
    key,
  );
  if (made.rowCount === 1) return null;
  return BigInt((await lock()).rows[0]!.next);
}

const inside = (client: pg.PoolClient, at: TopicPartition, next: bigint | null): IngestTransaction => ({
  next,
  storePredictions: (rows, apart) => storePredictions(client, rows, apart),
  storeFeedback: (rows, apart) => storeFeedback(client, at.partition, rows, apart),
  deadLetter: (letters: readonly DeadLetter[]) => insertDeadLetters(client, letters),
  count: (totals) => addTotals(client, totals),
  countHappened: (counts) => addHappened(client, counts),
  async advance(to) {
    await client.query(
      `update ingest_offsets set next = $4, updated_at = now()
        where cluster_id = $1 and topic = $2 and partition = $3`,
      [at.clusterId, at.topic, at.partition, to.toString()],
    );
  },
});

async function addTotals(client: pg.PoolClient, totals: readonly Total[]): Promise<void> {
  if (totals.length === 0) return;
  await client.query({
    name: 'add-totals',
    text: `insert into totals as t (model, version, partition, kind, a, b, value)
           select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
           on conflict (model, version, partition, kind, a, b) do update set value = t.value + excluded.value`,
    values: [
      totals.map((t) => t.model),
      totals.map((t) => t.version),
      totals.map((t) => t.partition),
      totals.map((t) => t.kind),
      totals.map((t) => t.a),
      totals.map((t) => t.b),
      totals.map((t) => t.value),
    ],
  });
}

/** Read again only when a config was applied, or a version registered or calibrated: asking whether is cheap enough for each batch. */
function createCatalogue(pool: pg.Pool): () => Promise<Catalogue> {
  let kept: { state: string; catalogue: Catalogue } | undefined;
  return async () => {
    const { rows } = await pool.query<{ state: string }>(
      `select (select max(id) from config_applications) || ' ' || (select count(*) from versions) || ' ' ||
              (select count(*) from estimators) as state`,
    );
    const state = rows[0]?.state ?? '';
    if (kept?.state !== state) kept = { state, catalogue: await readCatalogue(pool) };
    return kept.catalogue;
  };
}

async function readCatalogue(pool: pg.Pool): Promise<Catalogue> {
  const { rows } = await pool.query<{
    config: ModelConfig;
    salt: string;
    references: Record<string, ReferenceShares | null> | null;
    estimators: Record<string, PerformanceEstimator> | null;
    retention: string | null;
    series: number | null;
  }>(
    `select m.config, m.salt, c.config ->> 'retention' as retention,
            (c.config ->> 'seriesPerModel')::int as series,
            (select jsonb_object_agg(v.version, v.reference) from versions v where v.model = m.name) as "references",
            (select jsonb_object_agg(e.version, e.estimator) from estimators e where e.model = m.name) as estimators
       from models m join configs c on c.digest = m.config_digest
      where m.declared`,
  );
  const models: Record<string, IngestModel> = {};
  for (const { config, salt, references, estimators } of rows) {
    models[config.name] = { config, salt, references: references ?? {}, estimators: estimators ?? {} };
  }
  const horizons = rows.map((r) => milliseconds(r.config.joinHorizon));
  return {
    models,
    seriesPerModel: rows[0]?.series ?? defaultSeries,
    retentionMs: milliseconds(rows[0]?.retention ?? defaultRetention),
    joinHorizonMs: horizons.length === 0 ? milliseconds(defaultJoinHorizon) : Math.max(...horizons),
  };
}
