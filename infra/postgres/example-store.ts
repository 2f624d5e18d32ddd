import { eq } from 'drizzle-orm';
import type pg from 'pg';
import type { Example, RecordedRow } from '../../domain/examples.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ExampleStore, LabelDelay, PolicyStanding, RecordedAnswer } from '../../domain/ports.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { transaction, type Handle } from './database.ts';
import { noChampion, unknownModel } from './refusals.ts';
import { models } from './schema/config.ts';
import { createVersionStore } from './version-store.ts';

export function createExampleStore(handle: Handle): ExampleStore {
  const { db, pool } = handle;
  const versionStore = createVersionStore(handle);
  return {
    async policyStanding(model) {
      const { version, standing } = await transaction(
        pool,
        (client) => standingLook(client, model),
        lookOnce,
      );
      return { ...standing, champion: await versionStore.get(model, version) };
    },

    async policyView(model) {
      const look = async (client: pg.PoolClient) => {
        const { version, standing } = await standingLook(client, model);
        return {
          version,
          view: { ...standing, ...(await errorsSince(client, model, standing.tookOverAtSeq)) },
        };
      };
      const { version, view } = await transaction(pool, look, lookOnce);
      return { ...view, champion: await versionStore.get(model, version) };
    },

    async labelled(model) {
      const { rows } = await pool.query<{ labelled: number }>('select labelled from folds where model = $1', [
        model,
      ]);
      return rows[0]?.labelled ?? 0;
    },

    async labelDelay(model, limit) {
      const { rows } = await pool.query<LabelDelay>(delayQuery, [model, limit]);
      const newest = rows[0]!;
      return newest.labels === 0 ? null : newest;
    },

    async range(model, { fromSeq, toSeq, limit, withSource = false, withPicked = false }) {
      const { rows } = await pool.query<RangeRow>(rangeQuery({ withSource, withPicked }), [
        model,
        fromSeq,
        toSeq ?? null,
        limit ?? null,
      ]);
      return rows.reverse().map(toExample);
    },

    async record(model, limit) {
      const { rows } = await pool.query<RecordedRow & { generation: number; version: string }>(recordQuery, [
        model,
        limit,
      ]);
      const reigns: { generation: number; version: string; rows: RecordedRow[] }[] = [];
      for (const { generation, version, ...row } of rows) {
        if (reigns.at(-1)?.generation !== generation) reigns.push({ generation, version, rows: [] });
        reigns.at(-1)!.rows.push(row);
      }
      return reigns.map(({ version, rows: own }) => ({ version, rows: own }));
    },

    async recentInputs(model, limit) {
      const { rows } = await pool.query<{ input: InputRow }>(
        `select input from predictions where model = $1 and input is not null
          order by prediction_id desc, bucket desc limit $2`,
        [model, limit],
      );
      return rows.map((r) => r.input).reverse();
    },

    async recordedAnswers(model, version, limit) {
      const { rows } = await pool.query<RecordedAnswer>(recordedAnswersQuery, [model, version, limit]);
      return rows.reverse();
    },

    async predictedAt(model, { fromSeq, limit }) {
      const { rows } = await pool.query<{ seq: number; atMs: number }>(
        `select s.seq, (extract(epoch from e.predicted_at) * 1000)::float8 as "atMs"
           from champion_scores s
          cross join lateral (select predicted_at from examples
                               where prediction_id = s.prediction_id and bucket = s.bucket limit 1) e
          where s.model = $1 and s.seq >= $2
          order by s.seq desc limit $3`,
        [model, fromSeq, limit],
      );
      return new Map(rows.map(({ seq, atMs }) => [seq, atMs]));
    },

    async refusals(model, { newest, before }) {
      const { rows } = await pool.query<Record<'rows' | 'rowsBefore' | 'refused' | 'refusedBefore', number>>(
        refusalsQuery,
        [model, newest, newest + before],
      );
      const { rows: stored, rowsBefore, refused, refusedBefore } = rows[0]!;
      return {
        now: { hits: refused, rows: stored + refused },
        before: { hits: refusedBefore, rows: rowsBefore + refusedBefore },
      };
    },

    async history(model, { version, limit }) {
      const { rows } = await pool.query<{
        input: InputRow;
        label: string;
        predicted: string;
        scores: Record<string, number> | null;
        at: Date;
      }>(
        `select p.input, p.scores, e.label, e.predicted, e.predicted_at as at
           from examples e
          cross join lateral (select input, scores from predictions
                               where prediction_id = e.prediction_id and bucket = e.bucket limit 1) p
          where e.model = $1 and e.version = $2 and e.label is not null and not e.picked and p.input is not null
          order by e.known_xid desc, e.known_id desc limit $3`,
        [model, version, limit],
      );
      return rows
        .toSorted((a, b) => a.at.getTime() - b.at.getTime())
        .map((row) => ({ ...row, at: row.at.toISOString() }));
    },

    async inputsOf(model, predictionIds) {
      if (predictionIds.length === 0) return new Map();
      const { rows } = await pool.query<{ id: string; input: InputRow | null; at: Date }>(
        `select p.prediction_id as id, p.input, coalesce(p.predicted_at, p.arrived_at) as at
           from predictions p where p.model = $1 and p.prediction_id = any ($2::uuid[])`,
        [model, predictionIds],
      );
      return new Map(rows.map(({ id, input, at }) => [id, { input, at: at.toISOString() }]));
    },

    async answered(model) {
      const { rows } = await pool.query<{ version: string; n: number }>(
        `select version, sum(value)::int8 as n from totals
          where model = $1 and kind = 'prediction' group by version`,
        [model],
      );
      return Object.fromEntries(rows.map(({ version, n }) => [version, n]));
    },

    async planRefit(model, refit) {
      const rows = await db
        .update(models)
        .set({ refitOnsetSeq: refit?.onsetSeq ?? null, refitAtSeq: refit?.atSeq ?? null })
        .where(eq(models.name, model))
        .returning({ name: models.name });
      if (rows.length === 0) throw unknownModel(model);
    },
  };
}

/**
 * Newest first, so that `limit` keeps the newest. A withdrawn label or an erased input is not there to learn from.
 * The lateral look-ups have limits, so that the plan walks back through the index of `seq` and stops: joins would be
 * hashed over everything there is.
 */
const rangeQuery = ({ withSource, withPicked }: { withSource: boolean; withPicked: boolean }) => `
  select s.seq, s.prediction_id as "predictionId", p.input, e.label, e.partition, e.picked, p.entity,
         ${withSource ? 'f.source' : 'null as source'}
    from champion_scores s
   cross join lateral (select label, partition, feedback_id, picked from examples
                        where prediction_id = s.prediction_id and bucket = s.bucket limit 1) e
   cross join lateral (select input, entity from predictions
                        where prediction_id = s.prediction_id and bucket = s.bucket limit 1) p
   ${
     withSource
       ? `left join lateral (select source from feedback
                        where feedback_id = e.feedback_id and bucket = s.bucket limit 1) f on true`
       : ''
   }
   where s.model = $1 and s.seq >= $2 and ($3::bigint is null or s.seq <= $3)
     and e.label is not null and p.input is not null
     ${withPicked ? '' : 'and not e.picked'}
   order by s.seq desc
   limit $4`;

/** A clock that is behind makes no label that came before its prediction. */
const delayQuery = `
  select count(*)::int as labels,
         percentile_disc(0.5) within group (order by ms) as "medianMs",
         percentile_disc(0.9) within group (order by ms) as "p90Ms"
    from (select greatest(0, extract(epoch from labelled_at - predicted_at) * 1000)::float8 as ms
            from examples where model = $1 and label is not null and not picked
           order by known_xid desc, known_id desc limit $2) newest`;

type RangeRow = Omit<Example, 'entity' | 'source' | 'isPicked'> & {
  entity: string | null;
  source: string | null;
  picked: boolean;
};

const toExample = ({ entity, source, picked, ...row }: RangeRow): Example => ({
  ...row,
  ...(entity === null ? {} : { entity }),
  ...(source === null ? {} : { source }),
  ...(picked ? { isPicked: true } : {}),
});

/** A letter is of the stretch of those predictions that came after it, or with it. */
const refusalsQuery = `
  with stored as (
    select arrived_at, row_number() over (order by prediction_id desc) as age
      from (select prediction_id, arrived_at from predictions where model = $1
             order by prediction_id desc, bucket desc limit $3) newest
  ), parts as (
    select count(*) filter (where age <= $2) as stored,
           count(*) filter (where age > $2) as stored_before,
           min(arrived_at) filter (where age <= $2) as since,
           min(arrived_at) as since_before
      from stored
  )
  select p.stored as rows, p.stored_before as "rowsBefore",
         count(d.at) filter (where d.at >= p.since) as refused,
         count(d.at) filter (where d.at < p.since) as "refusedBefore"
    from parts p
    left join dead_letters d on d.model = $1 and d.topic like '%predictions%' and d.at >= p.since_before
   group by p.stored, p.stored_before`;

/** Whose reign a row belongs to is said by the takeovers: one version may have had several. */
const recordQuery = `
  select d.generation, d.version, s.seq, not s.correct as "isWrong",
         case when s.correct then coalesce(e.label, '') when e.version = s.version then e.predicted else '' end as answer,
         (extract(epoch from e.arrived_at) * 1000)::float8 as "atMs"
    from (select * from champion_scores where model = $1 and version is not null and correct is not null
           order by seq desc limit $2) s
   cross join lateral (select label, version, predicted, arrived_at from examples
                        where prediction_id = s.prediction_id and bucket = s.bucket limit 1) e
   cross join lateral (select generation, version from deployments
                        where model = $1 and took_over_at_seq < s.seq
                        order by took_over_at_seq desc, generation desc limit 1) d
   order by s.seq`;

const lookOnce = 'begin isolation level repeatable read read only';

type Look = { version: string; standing: Omit<PolicyStanding, 'champion'> };

async function standingLook(client: pg.PoolClient, model: string): Promise<Look> {
  const { rows } = await client.query<{
    version: string;
    tookOverAtSeq: number;
    regret: number;
    labelled: number;
    onsetSeq: number | null;
    atSeq: number | null;
  }>(
    `select d.version, d.took_over_at_seq as "tookOverAtSeq", (r.state ->> 'regret')::float8 as regret,
            coalesce(f.labelled, 0) as labelled, m.refit_onset_seq as "onsetSeq", m.refit_at_seq as "atSeq"
       from deployments d
       join models m on m.name = d.model
       join regrets r on r.model = d.model and r.generation = d.generation
       left join folds f on f.model = d.model
      where d.model = $1 and d.ended_at is null`,
    [model],
  );
  const row = rows[0];
  if (row === undefined) throw noChampion(model);
  const { version, tookOverAtSeq, regret, labelled, onsetSeq, atSeq } = row;
  return {
    version,
    standing: {
      labelled,
      tookOverAtSeq,
      regret,
      ...(await lastTraining(client, model)),
      plannedRefit: onsetSeq === null || atSeq === null ? null : { onsetSeq, atSeq },
    },
  };
}

/**
 * One character a row: a long-lived champion has millions of them. Where the retention has taken its first rows, it is
 * as if it had taken over after them.
 */
async function errorsSince(
  client: pg.PoolClient,
  model: string,
  seq: number,
): Promise<{ tookOverAtSeq: number; errors: Uint8Array }> {
  const { rows } = await client.query<{ errors: string | null; first: number | null }>(
    `select string_agg(case correct when true then '0' when false then '1' else '-' end, '' order by seq) as errors, min(seq) as first
       from champion_scores where model = $1 and seq > $2`,
    [model, seq],
  );
  const { errors, first } = rows[0]!;
  return {
    tookOverAtSeq: first === null ? seq : first - 1,
    errors: readErrors(errors ?? ''),
  };
}

/** A row that judges nobody, because it was picked, stands as the one before it: that changes no rate. */
function readErrors(written: string): Uint8Array {
  let last = 0;
  return Uint8Array.from(written, (c) => (last = c === '-' ? last : Number(c)));
}

async function lastTraining(
  client: pg.PoolClient,
  model: string,
): Promise<Pick<PolicyStanding, 'lastTrainingAtSeq' | 'lastWasDropped'>> {
  const { rows } = await client.query<{ seq: number; verdict: Verdict | null }>(
    `select r.training_began_seq as seq,
            coalesce(r.verdict, (select v.verdict from verdicts v where v.run_id = r.id order by v.look desc limit 1))
              as verdict
       from runs r where r.model = $1 and r.training_began_seq is not null
      order by r.training_began_at desc limit 1`,
    [model],
  );
  const last = rows[0];
  return {
    lastTrainingAtSeq: last?.seq ?? null,
    lastWasDropped: last?.verdict?.kind === 'reject' && last.verdict.by === 'patience',
  };
}

/**
 * From the end of its latest reign backwards, along the key: an id begins with its time, so that what others have
 * answered since is not read. In front of that end at most so many rows are looked at, whoever has answered them.
 */
const recordedAnswersQuery = `
  with latest as (
    select max(coalesce(ended_at, now())) as at from deployments where model = $1 and version = $2
  ), newest as (
    select prediction_id, bucket, model, version, input, label, scores from predictions
     where prediction_id <= (
       select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('f', 20))::uuid from latest
     )
     order by prediction_id desc, bucket desc limit 20000
  )
  select input, label from newest
   where model = $1 and version = $2 and input is not null and label is not null and scores is not null
   order by prediction_id desc, bucket desc limit $3`;
