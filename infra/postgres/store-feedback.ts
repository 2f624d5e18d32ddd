import type pg from 'pg';
import type { FeedbackRow, StoredFeedback, ToldApart } from '../../domain/ingest-ports.ts';
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
 * Prediction and feedback come through different partitions, in transactions that may run at the same time and
 * cannot see each other. Where the prediction is not there yet, both write the row of its key: whoever comes second
 * waits there until the first has committed, and its next statement sees it. Nothing has to be swept up later. A
 * place that waits already is written again, because only then the prediction waits for this transaction too.
 */
const meetQuery = `
  insert into predictions as p (prediction_id, bucket, feedback_first)
  select distinct t.prediction_id, t.bucket, true
    from unnest($1::uuid[], $2::date[]) as t (prediction_id, bucket)
    left join lateral (select true as is_whole from predictions
                        where prediction_id = t.prediction_id and bucket = t.bucket and model is not null
                        limit 1) whole on true
   where whole.is_whole is null
   order by t.prediction_id
  on conflict (prediction_id, bucket) do update set feedback_first = p.feedback_first`;

const storeQuery = `
  with met as materialized (
    select i.feedback_id, i.prediction_id, i.bucket, i.kind, i.raw, i.value::jsonb as value, i.at, i.source,
           i.kafka_offset, now()::timestamptz(3) as arrived_at, p.model, p.version, p.label as predicted, p.partition,
           p.predicted_at, ${apartOf('$11')}, p.expected,
           case when i.kind not in ('retract', 'rating')
                then ${labelHeard('$11', { raw: 'i.raw', value: 'i.value::jsonb' })} end as label
      from unnest($1::uuid[], $2::date[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[],
                  $8::text[], $9::bigint[])
           as i (prediction_id, bucket, feedback_id, kind, raw, value, at, source, kafka_offset)
     cross join lateral (select model, version, label, scores, partition, predicted_at, input, expected from predictions
                          where prediction_id = i.prediction_id and bucket = i.bucket limit 1) p
      left join label_codes c on c.model = p.model and c.raw = i.raw and i.kind not in ('retract', 'rating')
  ), heard as materialized (
    select *, model is not null and kind not in ('retract', 'rating') and label is null as rejected from met
  ), stored as (
    insert into feedback (feedback_id, bucket, prediction_id, kind, raw, value, labelled_at, source,
                          kafka_partition, kafka_offset)
    select feedback_id, bucket, prediction_id, kind, raw, value, at, source, $10, kafka_offset
      from heard where not rejected order by feedback_id, kafka_offset
    on conflict (feedback_id, bucket) do nothing
    returning feedback_id, kafka_offset
  ), marked as (
    select h.*, s.feedback_id is not null as fresh
      from heard h left join stored s on s.feedback_id = h.feedback_id and s.kafka_offset = h.kafka_offset
  ), effective as (
    select * from marked where fresh or rejected
  ), ${effectOfFeedback('effective')}
  select (select jsonb_object_agg(model, n) from
           (select coalesce(model, '') as model, count(*) as n from marked where fresh group by 1) x) as stored,
         (select jsonb_object_agg(model, n) from
           (select coalesce(model, '') as model, count(*) as n from marked where not fresh and not rejected
             group by 1) x) as duplicates,
         (select jsonb_agg(to_jsonb(r)) from rejected r) as rejected,
         (select jsonb_agg(to_jsonb(c)) from changes c) as changes,
         ${ratingsAmong('effective')} as ratings`;

/** The value as text, where it may be a label or a code (see labelOf). */
const rawOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;

export async function storeFeedback(
  client: pg.PoolClient,
  kafkaPartition: number,
  rows: readonly FeedbackRow[],
  apart: ToldApart,
): Promise<StoredFeedback> {
  if (rows.length === 0) return { stored: {}, duplicates: {}, changes: [], ratings: [], rejected: [] };
  const ids = arrayText(rows.map((r) => r.predictionId));
  const buckets = arrayText(rows.map((r) => bucketOf(r.predictionId)));
  await client.query({ name: 'meet-predictions', text: meetQuery, values: [ids, buckets] });
  const { rows: results } = await client.query<{
    stored: Record<string, number> | null;
    duplicates: Record<string, number> | null;
    rejected: RejectedRow[] | null;
    changes: StoredFeedback['changes'] | null;
    ratings: StoredFeedback['ratings'] | null;
  }>({
    name: 'store-feedback',
    text: storeQuery,
    values: [
      ids,
      buckets,
      arrayText(rows.map((r) => r.feedbackId)),
      arrayText(rows.map((r) => r.kind)),
      arrayText(rows.map((r) => rawOf(r.value))),
      jsonArrayText(rows.map((r) => r.value ?? null)),
      arrayText(rows.map((r) => r.at)),
      arrayText(rows.map((r) => r.source)),
      arrayText(rows.map((r) => r.offset.toString())),
      kafkaPartition,
      JSON.stringify(apart),
    ],
  });
  const { stored, duplicates, changes, ratings, rejected } = results[0]!;
  return {
    stored: stored ?? {},
    duplicates: duplicates ?? {},
    changes: changes ?? [],
    ratings: ratings ?? [],
    rejected: (rejected ?? []).map(toRejected),
  };
}
