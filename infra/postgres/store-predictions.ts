import type pg from 'pg';
import type { PredictionRow, StoredPredictions, ToldApart } from '../../domain/ingest-ports.ts';
import { arrayText, jsonArrayText } from './array-text.ts';
import {
  apartOf,
  effectOfFeedback,
  labelHeard,
  ratingsAmong,
  toRejected,
  type RejectedRow,
} from './effective-labels.ts';
import { bucketOf } from './partitions.ts';

/**
 * Stores predictions in one statement. A row that feedback put there to wait is filled in; any other row with the
 * same id is a duplicate. Sorted by id, so that two transactions wait for each other in one order only.
 */
const storeQuery = `
  with incoming as (
    select * from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                         $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::real[])
      as t (prediction_id, bucket, model, version, input, label, scores, context, entity, partition, at, expected)
  ), stored as (
    insert into predictions as p
           (prediction_id, bucket, model, version, input, label, scores, context, entity, partition, predicted_at,
            expected)
    select prediction_id, bucket, model, version, input::jsonb, label, scores::jsonb, context::jsonb, entity,
           partition, at, expected
      from incoming order by prediction_id
    on conflict (prediction_id, bucket) do update
       set model = excluded.model, version = excluded.version, input = excluded.input, label = excluded.label,
           scores = excluded.scores, context = excluded.context, entity = excluded.entity,
           partition = excluded.partition, predicted_at = excluded.predicted_at, arrived_at = excluded.arrived_at,
           expected = excluded.expected
     where p.model is null
    returning prediction_id, feedback_first
  )
  select i.prediction_id as id, s.feedback_first as "feedbackFirst"
    from incoming i left join stored s on s.prediction_id = i.prediction_id
   where s.prediction_id is null or s.feedback_first`;

/**
 * What the feedback that has waited for some predictions says now. The lateral look-ups keep the plan on the indexes:
 * joins would be hashed or sorted over all that there is, for each batch.
 */
const joinQuery = `
  with joined as materialized (
    select f.feedback_id, f.prediction_id, f.bucket, f.kind, f.value, f.labelled_at as at, f.source,
           f.kafka_offset, f.arrived_at, p.model, p.version, p.label as predicted, p.partition, p.predicted_at,
           ${apartOf('$3')}, p.expected,
           case when f.kind not in ('retract', 'rating')
                then ${labelHeard('$3', { raw: 'f.raw', value: 'f.value' })} end as label
      from unnest($1::uuid[], $2::date[]) as met (prediction_id, bucket)
     cross join lateral (select * from feedback
                          where prediction_id = met.prediction_id and bucket = met.bucket offset 0) f
     cross join lateral (select model, version, label, scores, partition, predicted_at, input, expected from predictions
                          where prediction_id = met.prediction_id and bucket = met.bucket limit 1) p
      left join label_codes c on c.model = p.model and c.raw = f.raw and f.kind not in ('retract', 'rating')
  ), heard as materialized (
    select *, kind not in ('retract', 'rating') and label is null as rejected from joined
  ), ${effectOfFeedback('heard')}
  select (select jsonb_object_agg(model, n) from
           (select model, count(*) as n from heard where not rejected group by 1) x) as joined,
         (select jsonb_agg(to_jsonb(r)) from rejected r) as rejected,
         (select jsonb_agg(to_jsonb(c)) from changes c) as changes,
         ${ratingsAmong('heard')} as ratings`;

export async function storePredictions(
  client: pg.PoolClient,
  rows: readonly PredictionRow[],
  apart: ToldApart,
): Promise<StoredPredictions> {
  if (rows.length === 0) return { duplicates: [], joined: {}, changes: [], ratings: [], rejected: [] };
  const { rows: exceptions } = await client.query<{ id: string; feedbackFirst: boolean | null }>({
    name: 'store-predictions',
    text: storeQuery,
    values: [
      arrayText(rows.map((r) => r.predictionId)),
      arrayText(rows.map((r) => bucketOf(r.predictionId))),
      arrayText(rows.map((r) => r.model)),
      arrayText(rows.map((r) => r.version)),
      jsonArrayText(rows.map((r) => r.input)),
      arrayText(rows.map((r) => r.label)),
      jsonArrayText(rows.map((r) => r.scores)),
      arrayText(rows.map((r) => (r.context === null ? null : JSON.stringify(r.context)))),
      arrayText(rows.map((r) => r.entity)),
      arrayText(rows.map((r) => r.partition)),
      arrayText(rows.map((r) => r.at)),
      arrayText(rows.map((r) => (r.estimate === null ? null : String(r.estimate.right)))),
    ],
  });
  const duplicates = exceptions.filter((e) => e.feedbackFirst === null).map((e) => e.id);
  const met = exceptions.filter((e) => e.feedbackFirst === true).map((e) => e.id);
  if (met.length === 0) return { duplicates, joined: {}, changes: [], ratings: [], rejected: [] };
  const { rows: results } = await client.query<{
    joined: Record<string, number> | null;
    rejected: RejectedRow[] | null;
    changes: StoredPredictions['changes'] | null;
    ratings: StoredPredictions['ratings'] | null;
  }>(joinQuery, [met, met.map(bucketOf), JSON.stringify(apart)]);
  const { joined, rejected, changes, ratings } = results[0]!;
  return {
    duplicates,
    joined: joined ?? {},
    changes: changes ?? [],
    ratings: ratings ?? [],
    rejected: (rejected ?? []).map(toRejected),
  };
}
