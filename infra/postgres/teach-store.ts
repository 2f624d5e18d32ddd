import type pg from 'pg';
import type { FeedbackMessage } from '../../domain/messages.ts';
import { partitionOf, reasons, sourceOf } from '../../domain/teach.ts';
import type {
  Dispute,
  QueueRow,
  Reason,
  Taken,
  TeachAnswer,
  TeachRow,
  TeachStore,
} from '../../domain/teach.ts';
import type { Person } from '../../domain/person.ts';
import { transaction, type Handle } from './database.ts';
import { bucketOf } from './partitions.ts';

export const createTeachStore = ({ pool }: Handle): TeachStore => ({
  async waiting() {
    const { rows } = await pool.query<{ model: string; reason: Reason | null; n: number }>(
      `select m.name as model, q.reason, count(q.reason)::int as n
         from models m left join teach_rows q on q.model = m.name and q.closed_at is null
        where m.declared group by m.name, q.reason`,
    );
    const waiting = new Map<string, Partial<Record<Reason, number>>>();
    for (const { model, reason, n } of rows)
      waiting.set(model, { ...waiting.get(model), ...(reason === null ? {} : { [reason]: n }) });
    return waiting;
  },

  async recent(model, limit) {
    const { rows } = await pool.query<TeachRow>(recentQuery, [model, limit]);
    return rows;
  },

  async disputes(model, limit) {
    const { rows } = await pool.query<Dispute>(disputesQuery, [model, limit]);
    return rows;
  },

  async enqueue(model, rows, pickedBy) {
    let added = 0;
    for (const { predictionId, reason, because, worth } of rows) {
      const { rowCount } = await pool.query(
        `insert into teach_rows (model, prediction_id, bucket, partition, reason, because, worth, picked_by)
         select p.model, p.prediction_id, p.bucket, p.partition, $4, $5, $6, $7 from predictions p
          where p.prediction_id = $2 and p.bucket = $3 and p.model = $1 and p.partition = $8 and p.input is not null
         on conflict do nothing`,
        [model, predictionId, bucketOf(predictionId), reason, because, worth, pickedBy, partitionOf(reason)],
      );
      added += rowCount ?? 0;
    }
    return added;
  },

  async tidy(model, before) {
    const { rowCount } = await pool.query(tidyQuery, [model, before]);
    return rowCount ?? 0;
  },

  async queue(model, by, limit) {
    const { rows } = await pool.query<QueueShape>(
      `${rowsOfQueue}
        where q.model = $1 and q.closed_at is null and p.input is not null
          and not exists (select from teach_answers a
                           where a.model = q.model and a.prediction_id = q.prediction_id and a.by = $2
                             and a.undone_at is null and a.kind <> 'undo')
        order by q.worth desc limit $3`,
      [model, by, limit],
    );
    return rows.map(toQueueRow);
  },

  async find(model, predictionIds) {
    const { rows } = await pool.query<QueueShape>(
      `${rowsOfQueue} where q.model = $1 and q.prediction_id = any ($2::uuid[]) and p.input is not null`,
      [model, predictionIds],
    );
    return rows.map(toQueueRow);
  },

  answer: (model, by, answers) =>
    transaction(pool, async (client) => {
      const taken: Taken[] = [];
      for (const answer of answers) taken.push(await takeAnswer(client, model, by, answer));
      return taken;
    }),

  async tally(model, by, since) {
    const { rows } = await pool.query<{ mine: number; team: number }>(
      `select count(*) filter (where by = $2)::int as mine, count(*)::int as team from teach_answers
        where model = $1 and at >= $3 and undone_at is null and kind in ('label', 'correction', 'rating')`,
      [model, by, since],
    );
    const { rows: told } = await pool.query<{ answer: string; label: string; rows: number }>(
      `select e.predicted as answer, e.label, count(*)::int as rows
         from (select distinct q.prediction_id, q.bucket from teach_answers a
                 join teach_rows q on q.model = a.model and q.prediction_id = a.prediction_id
                where a.model = $1 and a.at >= $2 and a.undone_at is null and a.kind in ('label', 'correction')) t
         join examples e on e.prediction_id = t.prediction_id and e.bucket = t.bucket
        where e.label is not null group by 1, 2`,
      [model, since],
    );
    const { rows: pairs } = await pool.query<{ twice: number; agreed: number }>(
      `select count(*)::int as twice, count(*) filter (where said = 1)::int as agreed
         from (select count(distinct value) as said from teach_answers
                where model = $1 and undone_at is null and kind in ('label', 'correction')
                  and at >= $2::timestamptz - interval '30 days'
                group by prediction_id having count(distinct by) > 1) t`,
      [model, since],
    );
    return { ...rows[0]!, told, ...pairs[0]! };
  },

  relay: (limit, send) =>
    transaction(pool, async (client) => {
      const lock = await client.query<{ mine: boolean }>(
        "select pg_try_advisory_xact_lock(hashtextextended('driftloop teach ' || current_schema(), 0)) as mine",
      );
      if (lock.rows[0]?.mine !== true) return 0;
      const { rows } = await client.query<{ position: string; message: FeedbackMessage }>(
        `select position::text as position, message from teach_answers
          where sent_at is null and message is not null order by position limit $1`,
        [limit],
      );
      if (rows.length === 0) return 0;
      await send(rows.map(({ message }) => message));
      await client.query('update teach_answers set sent_at = now() where position = any ($1::bigint[])', [
        rows.map(({ position }) => position),
      ]);
      return rows.length;
    }),
});

const recentQuery = `
  select p.prediction_id as "predictionId", p.version, p.input, p.label as answer, coalesce(p.scores, '{}') as scores,
         p.partition, (extract(epoch from p.predicted_at) * 1000)::float8 as "atMs",
         e.label is null and q.model is null as "isOpen"
    from (select * from predictions where model = $1 and input is not null and label is not null
           order by prediction_id desc, bucket desc limit $2) p
    left join lateral (select label from examples
                        where prediction_id = p.prediction_id and bucket = p.bucket limit 1) e on true
    left join teach_rows q on q.model = $1 and q.prediction_id = p.prediction_id
   order by p.prediction_id desc`;

/** Of rows that may train; who corrects only themself differs from nobody. */
const disputesQuery = `
  select n.prediction_id as "predictionId", array_agg(distinct f.said) as said, count(distinct f.source)::int as people
    from (select prediction_id, bucket from examples
           where model = $1 and partition = 'train' and label is not null
           order by known_xid desc, known_id desc limit $2) n
   cross join lateral (select coalesce(raw, value #>> '{}') as said, source from feedback
                        where prediction_id = n.prediction_id and bucket = n.bucket
                          and kind in ('label', 'correction', 'outcome') offset 0) f
   where not exists (select from teach_rows q where q.model = $1 and q.prediction_id = n.prediction_id)
   group by 1 having count(distinct f.said) > 1 and count(distinct f.source) > 1`;

/** What is disputed has labels, and waits all the same. */
const tidyQuery = `
  update teach_rows q set closed_at = now(), closed_because = seen.why
    from (select w.prediction_id,
                 case when p.input is null then 'gone'
                      when w.reason <> 'disputed' and e.label is not null then 'labelled'
                      when w.picked_at < $2 then 'gone' end as why
            from teach_rows w
            left join lateral (select input from predictions
                                where prediction_id = w.prediction_id and bucket = w.bucket limit 1) p on true
            left join lateral (select label from examples
                                where prediction_id = w.prediction_id and bucket = w.bucket limit 1) e on true
           where w.model = $1 and w.closed_at is null) seen
   where q.model = $1 and q.prediction_id = seen.prediction_id and q.closed_at is null and seen.why is not null`;

const rowsOfQueue = `
  select q.prediction_id as "predictionId", q.reason, q.because, q.worth, q.picked_by as "pickedBy",
         q.picked_at as "pickedAt", p.version, p.input, p.label as answer, coalesce(p.scores, '{}') as scores,
         p.context, p.predicted_at as at
    from teach_rows q
   cross join lateral (select version, input, label, scores, context, predicted_at from predictions
                        where prediction_id = q.prediction_id and bucket = q.bucket limit 1) p`;

type QueueShape = Omit<QueueRow, 'at' | 'pickedAt'> & { at: Date; pickedAt: Date };

const toQueueRow = ({ at, pickedAt, ...row }: QueueShape): QueueRow => ({
  ...row,
  at: at.toISOString(),
  pickedAt: pickedAt.toISOString(),
});

/** Taken once: whoever is not sure whether it arrived says it again. */
async function takeAnswer(
  client: pg.PoolClient,
  model: string,
  by: Pick<Person, 'name' | 'via'>,
  answer: TeachAnswer,
): Promise<Taken> {
  const { id, predictionId, kind, value } = answer;
  const known = await client.query('select from teach_answers where id = $1', [id]);
  if (known.rowCount !== 0) return 'known';
  const { rows } = await client.query<{ reason: Reason; isGone: boolean }>(
    `select q.reason, q.closed_because = 'gone' as "isGone" from teach_rows q
      where q.model = $1 and q.prediction_id = $2 for update`,
    [model, predictionId],
  );
  const row = rows[0];
  if (row === undefined || row.isGone || !reasons.includes(row.reason)) return 'gone';
  // A device may be ahead of us: nothing is known before it is now.
  const at = new Date(Math.min(Date.parse(answer.at), Date.now()));
  const message = kind === 'undo' ? await takeBack(client, model, by, answer, at) : said(answer, row, by, at);
  if (message === undefined) return 'gone';
  await client.query(
    `insert into teach_answers (id, model, prediction_id, reason, kind, value, by, via, at, message)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      id,
      model,
      predictionId,
      row.reason,
      kind,
      JSON.stringify(value ?? null),
      by.name,
      by.via,
      at,
      message === null ? null : JSON.stringify(message),
    ],
  );
  await client.query(
    `update teach_rows set closed_at = case when $3 then now() end, closed_because = case when $3 then $4 end
      where model = $1 and prediction_id = $2 and ($3 or $5)`,
    [
      model,
      predictionId,
      kind !== 'skip' && kind !== 'undo',
      kind === 'unclear' ? 'unclear' : 'answered',
      kind === 'undo',
    ],
  );
  return 'taken';
}

/** The message that an answer is sent as; null where it is no feedback. */
function said(
  { id, predictionId, kind, value }: TeachAnswer,
  { reason }: { reason: Reason },
  { name }: Pick<Person, 'name'>,
  at: Date,
): FeedbackMessage | null {
  if (kind !== 'label' && kind !== 'correction' && kind !== 'rating') return null;
  return {
    feedbackId: `teach:${id}`,
    predictionId,
    kind,
    value,
    at: at.toISOString(),
    source: sourceOf(name, reason),
  };
}

/**
 * Takes one's own answer back: what was said before by others holds again, in their words, and otherwise nothing does.
 * Undefined where there is none to take back.
 */
async function takeBack(
  client: pg.PoolClient,
  model: string,
  { name }: Pick<Person, 'name'>,
  { id, predictionId, value }: TeachAnswer,
  now: Date,
): Promise<FeedbackMessage | null | undefined> {
  const { rows } = await client.query<{ message: FeedbackMessage | null }>(
    `update teach_answers set undone_at = now()
      where id = $1 and model = $2 and prediction_id = $3 and by = $4 and undone_at is null and kind <> 'undo'
     returning message`,
    [value, model, predictionId, name],
  );
  const undone = rows[0];
  if (undone === undefined) return undefined;
  // A thumb is no label, and there is nothing that takes it back.
  if (undone.message === null || undone.message.kind === 'rating') return null;
  const { rows: others } = await client.query<{
    kind: FeedbackMessage['kind'];
    value: unknown;
    source: string;
  }>(
    `select kind, value, source from feedback
      where prediction_id = $1 and bucket = $2 and feedback_id <> $3 and kind <> 'rating'
      order by labelled_at desc, kafka_offset desc limit 1`,
    [predictionId, bucketOf(predictionId), undone.message.feedbackId],
  );
  const before = others[0] ?? { kind: 'retract' as const, value: null, source: undone.message.source };
  const at = new Date(Math.max(now.getTime(), Date.parse(undone.message.at) + 1)).toISOString();
  return { feedbackId: `teach:${id}`, predictionId, ...before, at };
}
