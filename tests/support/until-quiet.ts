import { expect } from 'vitest';
import type { TestDatabase } from './test-database.ts';

/**
 * Waits until nobody on the whole server has begun to write and not ended: a fold leaves what was known meanwhile for
 * its next beat. Where that lasts too long, who they are stands in the failure.
 */
export const untilQuiet = (db: TestDatabase): Promise<void> =>
  expect.poll(() => writers(db), { timeout: 20_000 }).toEqual([]);

async function writers({ handle }: TestDatabase): Promise<unknown[]> {
  const { rows } = await handle.pool.query<{ isQuiet: boolean; writers: unknown[] }>(
    `select pg_snapshot_xmin(s) = pg_snapshot_xmax(s) as "isQuiet",
            (select coalesce(json_agg(json_build_array(datname, backend_type, state, left(query, 200))), '["unseen"]')
               from pg_stat_activity where backend_xid is not null) as writers
       from pg_current_snapshot() s`,
  );
  return rows[0]!.isQuiet ? [] : rows[0]!.writers;
}
