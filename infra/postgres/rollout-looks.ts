import type pg from 'pg';
import type { RolloutLook } from '../../domain/rollout.ts';
import type { Handle } from './database.ts';
import { rolloutLooks } from './schema/runs.ts';

/** Keeps a judgement; the first of a moment stands. */
export async function saveRolloutLook(
  db: Handle['db'],
  runId: string,
  { at, ...look }: RolloutLook,
): Promise<void> {
  await db
    .insert(rolloutLooks)
    .values({ runId, at: new Date(at), look })
    .onConflictDoNothing();
}

/** Every so many of them, with each that says something else than the one before, and the newest. */
const thinnedQuery = `
  with looks as (
    select at, look, row_number() over w as n, count(*) over () as all_of_them,
           (look #> '{judgement,kind}', look -> 'stage') is distinct from
             (lag(look #> '{judgement,kind}') over w, lag(look -> 'stage') over w) as is_news
      from rollout_looks where run_id = $1 window w as (order by at)
  )
  select at, look from looks
   where is_news or n = all_of_them or n % ceil(all_of_them::float8 / $2)::int = 0
   order by at`;

export async function readRolloutLooks(pool: pg.Pool, runId: string, most: number): Promise<RolloutLook[]> {
  const { rows } = await pool.query<{ at: Date; look: Omit<RolloutLook, 'at'> }>(thinnedQuery, [runId, most]);
  return rows.map(({ at, look }) => ({ at: at.toISOString(), ...look }));
}
