import type { RejectedFeedback } from '../../domain/ingest-ports.ts';
import { PICKED } from '../../domain/messages.ts';
import { sqlScoreBin } from '../../domain/score-bins.ts';

/**
 * From feedback that has met its prediction to examples, as common table expressions.
 *
 * The effective label is the latest `at`, then the latest offset; a retraction is a word like any other, whose label
 * is none. `previous_label` is written in the same update that replaces the label, so what is counted as withdrawn
 * is what really stood there, whoever wrote it last. A label that appears where there was none is newly known, in
 * the order of the log: written by offset, so that `known_ids` are given in that order. The label of a row that was
 * picked to be labelled is written and not counted: picked rows are harder than the traffic, and would look like drift.
 *
 * `heard` names a relation with the columns of feedback and prediction, `label`, `rejected` and those of `apartOf`.
 */
export const effectOfFeedback = (heard: string): string => `
  rejected as (
    select model, feedback_id, prediction_id, kind, value, at, source, kafka_offset::text as kafka_offset
      from ${heard} where rejected
  ), latest as (
    select distinct on (prediction_id) *
      from ${heard} where model is not null and not rejected and kind <> 'rating'
     order by prediction_id, at desc, kafka_offset desc
  ), written as (
    insert into examples as e
           (prediction_id, bucket, model, version, predicted, label, partition, feedback_id, predicted_at,
            labelled_at, arrived_at, kafka_offset, picked)
    select prediction_id, bucket, model, version, predicted, label, partition, feedback_id, predicted_at,
           at, arrived_at, kafka_offset, starts_with(source, '${PICKED}')
      from latest order by kafka_offset
    on conflict (prediction_id, bucket) do update
       set label = excluded.label, previous_label = case when not e.picked then e.label end,
           picked = excluded.picked, feedback_id = excluded.feedback_id,
           labelled_at = excluded.labelled_at, arrived_at = excluded.arrived_at,
           kafka_offset = excluded.kafka_offset,
           known_xid = case when e.label is null then pg_current_xact_id() else e.known_xid end,
           known_id = case when e.label is null then nextval('known_ids') else e.known_id end
     where (excluded.labelled_at, excluded.kafka_offset) > (e.labelled_at, e.kafka_offset)
    returning prediction_id, model, version, predicted, previous_label, case when not picked then label end as label,
              date_trunc('second', predicted_at) as at
  ), changes as (
    select w.model, w.version, w.predicted, w.previous_label as before, w.label as after, l.slices,
           (extract(epoch from w.at) * 1000)::bigint as "atMs", count(*)::int as rows,
           count(l.expected)::int as estimated, coalesce(sum(l.expected::float8), 0) as "expectedRight",
           coalesce(sum(l.score) filter (where l.expected is not null), 0) as confidence,
           count(*) filter (where l.expected is not null and l.score >= l.sure_from)::int as sure,
           ${sqlScoreBin('l.score')} as "scoreBin"
      from written w join latest l on l.prediction_id = w.prediction_id
     where w.previous_label is distinct from w.label
     group by w.model, w.version, w.predicted, w.previous_label, w.label, w.at, l.slices, "scoreBin"
  )`;

/**
 * What the changes of the prediction `p` are told apart by: its declared slices, from its input, null where its model
 * declares none, and the input is then not looked at; the score of its answer; and the score from which on that is sure.
 * `apart` is the parameter that holds a ToldApart as JSON.
 */
export const apartOf = (apart: `$${number}`): string =>
  `(select jsonb_object_agg(s.name, p.input -> s.name)
     from jsonb_array_elements_text(${apart}::jsonb -> 'slices' -> p.model) as s (name)
    where p.input is not null) as slices,
   (p.scores ->> p.label)::float8 as score,
   (${apart}::jsonb -> 'sureFrom' -> p.model ->> p.version)::float8 as sure_from`;

/**
 * What a piece of feedback says of its prediction `p`, in the words of its task (domain/answer-text.ts): null where it
 * says nothing that the task knows. A classification's label or code is looked up as `c`; a number and a text are
 * themselves; of many labels each is looked up, from a list or from a text in which "|" stands between them.
 *
 * @param apart the parameter that holds a `ToldApart` as JSON
 */
export const labelHeard = (apart: `$${number}`, { raw, value }: { raw: string; value: string }): string => `
  case ${apart}::jsonb -> 'tasks' ->> p.model
    when 'regression' then
      case when ${raw} ~ '^[-+]?([0-9]{1,255}[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]{1,2})?$' then ${raw} end
    when 'generation' then case jsonb_typeof(${value}) when 'string' then ${value} #>> '{}' end
    when 'multi-label' then
      case when jsonb_typeof(${value}) in ('array', 'string') then
        (select case when count(*) = count(k.label)
                     then '[' || coalesce(string_agg(distinct to_json(k.label)::text collate "C", ','
                                            order by to_json(k.label)::text collate "C"), '') || ']' end
           from jsonb_array_elements_text(case jsonb_typeof(${value}) when 'array' then ${value}
                  else to_jsonb(string_to_array(${value} #>> '{}', '|')) end) as given (one)
           left join label_codes k on k.model = p.model and k.raw = given.one)
      end
    else c.label
  end`;

/** Ratings among `heard`, whose predictions are there: how often each value was given. */
export const ratingsAmong = (heard: string): string => `
  (select jsonb_agg(to_jsonb(r)) from
    (select model, version, value, count(*)::int as rows from ${heard}
      where kind = 'rating' and model is not null group by model, version, value) r)`;

/** A row of `rejected`, as JSON. */
export type RejectedRow = {
  model: string;
  feedback_id: string;
  prediction_id: string;
  kind: RejectedFeedback['feedback']['kind'];
  value: unknown;
  at: string;
  source: string;
  kafka_offset: string;
};

export const toRejected = (row: RejectedRow): RejectedFeedback => ({
  model: row.model,
  offset: BigInt(row.kafka_offset),
  feedback: {
    feedbackId: row.feedback_id,
    predictionId: row.prediction_id,
    kind: row.kind,
    value: row.value,
    at: new Date(row.at).toISOString(),
    source: row.source,
  },
});
