import type pg from 'pg';
import type { HappenedCount, HappenedStretch, HappenedSum } from '../../domain/ingest-ports.ts';

/** Buckets of event time. Each row has one owner, as a total has: the partition that it was counted by. */

export async function addHappened(client: pg.PoolClient, counts: readonly HappenedCount[]): Promise<void> {
  if (counts.length === 0) return;
  await client.query({
    name: 'add-happened',
    text: `insert into happened as h (model, version, partition, starts_at, predictions, labelled, correct)
           select model, version, partition, to_timestamp(ms / 1000.0), predictions, labelled, correct
             from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
               as t (model, version, partition, ms, predictions, labelled, correct)
           on conflict (model, starts_at, version, partition) do update
              set predictions = h.predictions + excluded.predictions, labelled = h.labelled + excluded.labelled,
                  correct = h.correct + excluded.correct`,
    values: [
      counts.map((c) => c.model),
      counts.map((c) => c.version),
      counts.map((c) => c.partition),
      counts.map((c) => c.startsAtMs),
      counts.map((c) => c.predictions),
      counts.map((c) => c.labelled),
      counts.map((c) => c.correct),
    ],
  });
}

const sums = `sum(h.predictions)::bigint as predictions, sum(h.labelled)::bigint as labelled,
              sum(h.correct)::bigint as correct`;

export async function sumHappened(
  pool: pg.Pool,
  stretches: readonly HappenedStretch[],
): Promise<HappenedSum[][]> {
  if (stretches.length === 0) return [];
  const { rows } = await pool.query<HappenedSum & { position: number }>(
    `select s.position::int as position, h.version, ${sums}
       from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality as s (model, "from", "to", position)
       join happened h on h.model = s.model and h.starts_at >= to_timestamp(s."from" / 1000.0)
                      and h.starts_at < to_timestamp(s."to" / 1000.0)
      group by 1, 2 order by 1, 2`,
    [stretches.map((s) => s.model), stretches.map((s) => s.fromMs), stretches.map((s) => s.toMs)],
  );
  return stretches.map((_, i) =>
    rows.filter(({ position }) => position === i + 1).map(({ position: _position, ...sum }) => sum),
  );
}

export async function stepsHappened(
  pool: pg.Pool,
  { model, fromMs, toMs }: HappenedStretch,
  stepMs: number,
): Promise<(HappenedSum & { startsAtMs: number })[]> {
  const { rows } = await pool.query<HappenedSum & { startsAtMs: number }>(
    `select (floor(extract(epoch from h.starts_at) * 1000 / $4) * $4)::bigint as "startsAtMs", h.version, ${sums}
       from happened h
      where h.model = $1 and h.starts_at >= to_timestamp($2 / 1000.0) and h.starts_at < to_timestamp($3 / 1000.0)
      group by 1, 2 having sum(h.predictions) > 0 order by 1, 2`,
    [model, fromMs, toMs, stepMs],
  );
  return rows;
}

export async function dropHappened(pool: pg.Pool, before: Readonly<Record<string, Date>>): Promise<void> {
  await pool.query(
    `delete from happened h using unnest($1::text[], $2::timestamptz[]) as old (model, before)
      where h.model = old.model and h.starts_at < old.before`,
    [Object.keys(before), Object.values(before)],
  );
}
