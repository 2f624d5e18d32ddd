import type pg from 'pg';
import type { DeadLetter, IngestStore } from '../../domain/ingest-ports.ts';
import { transaction } from './database.ts';

export async function insertDeadLetters(
  client: pg.PoolClient,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await client.query(
    `insert into dead_letters (code, reason, model, topic, partition, "offset", key, payload)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bytea[],
                          $8::bytea[])`,
    [
      letters.map((l) => l.code),
      letters.map((l) => l.reason),
      letters.map((l) => l.model),
      letters.map((l) => l.topic),
      letters.map((l) => l.partition),
      letters.map((l) => l.offset.toString()),
      letters.map((l) => toBuffer(l.key)),
      letters.map((l) => toBuffer(l.payload)),
    ],
  );
}

const toBuffer = (bytes: Uint8Array | null): Buffer | null => (bytes === null ? null : Buffer.from(bytes));

/**
 * Feedback whose prediction did not come within the horizon becomes a dead letter, and its place is free again. A
 * prediction that comes later still is stored; it just has no feedback.
 */
export async function expireFeedback(
  pool: pg.Pool,
  topic: string,
  before: Date,
  limit: number,
): Promise<number> {
  return await transaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `with stale as materialized (
         select prediction_id, bucket from predictions
          where model is null and arrived_at < $2 limit $3 for update skip locked
       ), gone as (
         delete from feedback f using stale s
          where f.prediction_id = s.prediction_id and f.bucket = s.bucket
         returning f.*
       ), freed as (
         delete from predictions p using stale s
          where p.prediction_id = s.prediction_id and p.bucket = s.bucket
       )
       insert into dead_letters (code, reason, topic, partition, "offset", key, payload)
       select 'DL_NO_PREDICTION', 'No prediction ' || prediction_id || ' came within the join horizon.', $1,
              kafka_partition, kafka_offset, convert_to(prediction_id::text, 'UTF8'),
              convert_to(jsonb_build_object(
                'feedbackId', feedback_id, 'predictionId', prediction_id, 'kind', kind, 'value', value,
                'at', to_char(labelled_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'source', source)::text, 'UTF8')
         from gone`,
      [topic, before, limit],
    );
    const letters = rowCount ?? 0;
    if (letters > 0) {
      await client.query(
        `insert into totals as t (model, version, partition, kind, a, b, value)
         values ('', '', 'feedback-expired', 'event', 'dead_lettered', '', $1)
         on conflict (model, version, partition, kind, a, b) do update set value = t.value + excluded.value`,
        [letters],
      );
    }
    return letters;
  });
}

type StoredLetter = Omit<DeadLetter, 'offset'> & { id: number; at: Date; offset: string };

/**
 * The outbox. One relay at a time: an advisory lock, not row locks, because those would give the transaction an id
 * for as long as the brokers take, and the fold waits for all transactions that are older than it reads.
 */
export const relayDeadLetters = (
  pool: pg.Pool,
  limit: number,
  send: Parameters<IngestStore['relayDeadLetters']>[1],
): Promise<number> =>
  transaction(pool, async (client) => {
    const lock = await client.query<{ mine: boolean }>(
      "select pg_try_advisory_xact_lock(hashtextextended('driftloop relay ' || current_schema(), 0)) as mine",
    );
    if (lock.rows[0]?.mine !== true) return 0;
    const { rows } = await client.query<StoredLetter>(
      `select id, code, reason, model, topic, partition, "offset"::text as "offset", key, payload, at
         from dead_letters where relayed_at is null order by id limit $1`,
      [limit],
    );
    if (rows.length === 0) return 0;
    await send(rows.map((r) => ({ ...r, offset: BigInt(r.offset), at: r.at.toISOString() })));
    await client.query('update dead_letters set relayed_at = now() where id = any ($1::bigint[])', [
      rows.map((r) => r.id),
    ]);
    return rows.length;
  });
