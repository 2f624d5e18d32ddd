import { and, asc, desc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { beginning, completeEntry, hashedText } from '../../domain/audit.ts';
import type { AuditLog, AuditRow, NewAuditEntry } from '../../domain/audit.ts';
import { eventOfAct } from '../../domain/events.ts';
import { lockUntilCommit, type Handle, type Transaction } from './database.ts';
import { sha256 } from './digests.ts';
import { emit } from './events.ts';
import { audit } from './schema/people.ts';

/** Rows that are held at once while the whole log is read. */
const PAGE = 1_000;

export function createAuditLog(handle: Handle): AuditLog {
  const { db, schema } = handle;
  return {
    append: (entry) => db.transaction((tx) => appendAudit(tx, schema, entry)),

    async list({ model, by, action, refused, before, limit }) {
      const rows = await db
        .select()
        .from(audit)
        .where(
          and(
            model === undefined ? undefined : eq(audit.model, model),
            by === undefined ? undefined : eq(audit.by, by),
            action === undefined ? undefined : eq(audit.action, action as AuditRow['action']),
            refused === undefined ? undefined : refused ? isNotNull(audit.refused) : isNull(audit.refused),
            before === undefined ? undefined : lt(audit.id, before),
          ),
        )
        .orderBy(desc(audit.id))
        .limit(limit);
      return rows.reverse().map(toRow);
    },

    async drills() {
      // The condition of the index, word for word.
      const isDrill = and(sql`${audit.action} = 'rollback drill'`, isNotNull(audit.model));
      const newest = () =>
        db.selectDistinctOn([audit.model]).from(audit).orderBy(audit.model, desc(audit.id));
      const [latest, open] = await Promise.all([
        newest().where(isDrill),
        newest().where(and(isDrill, isNull(audit.refused))),
      ]);
      return latest.map(({ model, at, refused }) => {
        const found = open.find((row) => row.model === model);
        const seconds = Number(found?.details?.['seconds'] ?? 0);
        return {
          model: model!,
          at: at.toISOString(),
          isOpen: refused === null,
          latestOpen: found === undefined ? null : { at: found.at.toISOString(), seconds },
        };
      });
    },

    async *all() {
      for (let after = Number.MIN_SAFE_INTEGER; ;) {
        const rows = await db
          .select()
          .from(audit)
          .where(gt(audit.id, after))
          .orderBy(asc(audit.id))
          .limit(PAGE);
        yield* rows.map(toRow);
        if (rows.length < PAGE) return;
        after = rows.at(-1)!.id;
      }
    },
  };
}

/**
 * Writes an entry in the transaction of what it tells, so that nothing is done without it, and tells the world. Its lock is held until the
 * commit: take it last.
 */
export async function appendAudit(tx: Transaction, schema: string, entry: NewAuditEntry): Promise<void> {
  const complete = completeEntry(entry);
  const event = eventOfAct(complete);
  if (event !== null) await emit(tx, event);
  await lockUntilCommit(tx, `driftloop audit ${schema}`);
  const [last] = await tx
    .select({ id: audit.id, hash: audit.hash })
    .from(audit)
    .orderBy(desc(audit.id))
    .limit(1);
  const { rows } = await tx.execute<{ now: number }>(
    sql`select floor(extract(epoch from clock_timestamp()) * 1000)::float8 as now`,
  );
  const at = new Date(rows[0]!.now);
  const content = {
    ...complete,
    id: (last?.id ?? 0) + 1,
    at: at.toISOString(),
    previous: last?.hash ?? beginning,
  };
  await tx.insert(audit).values({ ...content, at, hash: sha256(hashedText(content)) });
}

const toRow = (row: typeof audit.$inferSelect): AuditRow => ({ ...row, at: row.at.toISOString() });
