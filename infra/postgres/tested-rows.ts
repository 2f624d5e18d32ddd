import { and, eq, inArray, isNull } from 'drizzle-orm';
import type pg from 'pg';
import type { InputRow } from '../../domain/input.ts';
import type { StoredTestedRow, TestedRow } from '../../domain/tested-row.ts';
import type { Transaction } from './database.ts';
import { bucketOf } from './partitions.ts';
import { testedRows } from './schema/gate.ts';
import { exampleHash } from './snapshot-store.ts';

const ROWS_PER_STATEMENT = 2_000;

/**
 * Keeps the rows of a look. One that is as it was at the look before is there already; one that was corrected, answered
 * otherwise, or is not looked at any more ends with the look before.
 */
export async function saveTested(
  tx: Transaction,
  runId: string,
  look: number,
  rows: readonly TestedRow[],
): Promise<void> {
  const present = await tx
    .select({ part: testedRows.part, id: testedRows.id, digest: testedRows.digest })
    .from(testedRows)
    .where(and(eq(testedRows.runId, runId), isNull(testedRows.untilLook)));
  const keyOf = ({ part, id }: Pick<TestedRow, 'part' | 'id'>) => `${part} ${id}`;
  const stored = new Map(present.map((row) => [keyOf(row), row.digest]));
  const wanted = new Map(rows.map((row) => [keyOf(row), row.digest]));
  const over = present.filter((row) => wanted.get(keyOf(row)) !== row.digest);
  for (const part of new Set(over.map((row) => row.part))) {
    const ids = over.filter((row) => row.part === part).map(({ id }) => id);
    for (let from = 0; from < ids.length; from += ROWS_PER_STATEMENT)
      await tx
        .update(testedRows)
        .set({ untilLook: look })
        .where(
          and(
            eq(testedRows.runId, runId),
            eq(testedRows.part, part),
            isNull(testedRows.untilLook),
            inArray(testedRows.id, ids.slice(from, from + ROWS_PER_STATEMENT)),
          ),
        );
  }
  const fresh = rows.filter((row) => stored.get(keyOf(row)) !== row.digest);
  for (let from = 0; from < fresh.length; from += ROWS_PER_STATEMENT)
    await tx.insert(testedRows).values(
      fresh.slice(from, from + ROWS_PER_STATEMENT).map(({ input, ...row }) => ({
        runId,
        fromLook: look,
        ...row,
        bucket: row.part === 'test' ? bucketOf(row.id) : null,
        hash: Buffer.from(exampleHash({ input, label: row.label }), 'hex'),
      })),
    );
}

type Row = Omit<StoredTestedRow, 'input' | 'isAsTested'> & { hash: string; input: InputRow | null };

/**
 * The rows of a look in its order, with their inputs as far as those are still there; with `newestKept` only so many of
 * the last, none without its input.
 */
export async function readTested(
  pool: pg.Pool,
  runId: string,
  look: number,
  limit?: { newestKept: number },
): Promise<StoredTestedRow[]> {
  const { rows } = await pool.query<Row>(testedQuery, [runId, look, limit?.newestKept ?? null]);
  return rows.reverse().map(({ hash, ...row }) => ({
    ...row,
    isAsTested: row.input === null || exampleHash({ input: row.input, label: row.label }) === hash,
  }));
}

const testedQuery = `
  select t.part, t.id, t.seq, t.label, t.entity, t.source, t.ours, t.theirs, t.digest,
         encode(t.hash, 'hex') as hash, coalesce(p.input, g.input) as input
    from tested_rows t
    join runs r on r.id = t.run_id
    left join lateral (select input from predictions
                        where prediction_id = case t.part when 'test' then t.id::uuid end and bucket = t.bucket limit 1) p on true
    left join golden_rows g on t.part <> 'test' and g.model = r.model and g.id = t.id
   where t.run_id = $1 and t.from_look <= $2 and (t.until_look is null or t.until_look > $2)
     and ($3::int is null or coalesce(p.input, g.input) is not null)
   order by t.part desc, t.seq desc
   limit $3`;
