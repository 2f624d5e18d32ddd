import { sql } from 'drizzle-orm';
import type { Outdated } from '../../domain/approval.ts';
import type { Handle, Transaction } from './database.ts';

/**
 * What of the rows of a run's last look is not so any more: tested rows whose label was corrected or taken back, and
 * golden rows that came, changed or went. A row that was erased says nothing else than it did, and new rows are for the
 * next look: neither counts. Null where all of it still is so.
 */
export async function readOutdated(db: Handle['db'] | Transaction, runId: string): Promise<Outdated | null> {
  const { rows } = await db.execute<Outdated>(outdatedQuery(runId));
  const found = rows[0];
  return found === undefined || found.relabelled + found.withdrawn + found.golden === 0 ? null : found;
}

/**
 * The look itself gives up sampled golden rows where triage says concept drift: they are looked for only where they
 * counted. Golden rows that did not fit stand in no look; of them it is known how many there were, and a row that is
 * younger than the look is none of them.
 */
const outdatedQuery = (runId: string) => sql`
  with look as (
    select e.look, e.at, r.model, e.report ? 'golden' as has_golden,
           coalesce((e.report #>> '{golden,unfit}')::int, 0) as unfit,
           coalesce((e.report #>> '{golden,hasConceptDrift}')::boolean, false) as has_drift
      from evaluations e join runs r on r.id = e.run_id
     where e.run_id = ${runId} order by e.look desc limit 1
  ), seen as (
    select t.part, t.id, t.bucket, t.label
      from tested_rows t, look l
     where t.run_id = ${runId} and t.from_look <= l.look and (t.until_look is null or t.until_look > l.look)
  ), now as (
    select s.label as tested, e.label, e.prediction_id is not null as is_there
      from seen s
      left join lateral (select prediction_id, label from examples
                          where prediction_id = case s.part when 'test' then s.id::uuid end
                            and bucket = s.bucket limit 1) e on true
     where s.part = 'test'
  ), golden as (
    select g.kind, g.id, g.label, g.at from golden_rows g, look l
     where g.model = l.model and g.retired_at is null and l.has_golden and (g.kind = 'pinned' or not l.has_drift)
  ), known as (
    select s.part, s.id, s.label from seen s, look l
     where l.has_golden and (s.part = 'pinned' or (s.part = 'sampled' and not l.has_drift))
  ), added as (
    select g.at from golden g where not exists (select from known k where k.id = g.id)
  )
  select (select count(*)::int from now) as tested,
         (select count(*)::int from now where is_there and label <> tested) as relabelled,
         (select count(*)::int from now where is_there and label is null) as withdrawn,
         (select count(*)::int from known k
           where not exists (select from golden g where g.id = k.id and g.kind = k.part and g.label = k.label))
         + greatest((select count(*)::int from added a where a.at > l.at),
                    (select count(*)::int from added) - l.unfit, 0) as golden
    from look l`;
