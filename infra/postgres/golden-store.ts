import { and, asc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { GoldenStore } from '../../domain/ports.ts';
import { appendAudit } from './audit-log.ts';
import type { Handle } from './database.ts';
import { goldenRows } from './schema/gate.ts';

export function createGoldenStore({ db, schema }: Handle): GoldenStore {
  return {
    add: (model, rows, { by, because, via = null }) =>
      db.transaction(async (tx) => {
        const inForce = { retiredAt: null, retiredBy: null, retiredBecause: null };
        let added = 0;
        for (const { id, kind, input, label } of rows) {
          const stored = await tx
            .insert(goldenRows)
            .values({ model, id, kind, input, label, by, because })
            .onConflictDoNothing()
            .returning({ id: goldenRows.id });
          const again =
            stored.length > 0
              ? stored
              : await tx
                  .update(goldenRows)
                  .set({ kind, label, by, because, at: new Date(), ...inForce })
                  .where(
                    and(
                      eq(goldenRows.model, model),
                      eq(goldenRows.id, id),
                      // One that is in force stays as it is.
                      isNotNull(goldenRows.retiredAt),
                    ),
                  )
                  .returning({ id: goldenRows.id });
          added += again.length;
        }
        if (added > 0)
          await appendAudit(tx, schema, {
            by,
            via,
            action: 'add golden',
            model,
            because,
            subject: `${added} rows`,
          });
        return { added, known: rows.length - added };
      }),

    async list(model) {
      const rows = await db
        .select()
        .from(goldenRows)
        .where(and(eq(goldenRows.model, model), isNull(goldenRows.retiredAt)))
        .orderBy(asc(goldenRows.id));
      return rows.map(({ id, kind, input, label }) => ({ id, kind, input, label }));
    },

    retire: (model, which, { by, because, via = null }) =>
      db.transaction(async (tx) => {
        const chosen =
          'ids' in which ? inArray(goldenRows.id, [...which.ids]) : eq(goldenRows.kind, which.kind);
        const { length: retired } = await tx
          .update(goldenRows)
          .set({ retiredAt: new Date(), retiredBy: by, retiredBecause: because })
          .where(and(eq(goldenRows.model, model), isNull(goldenRows.retiredAt), chosen))
          .returning({ id: goldenRows.id });
        const subject = `${retired} rows`;
        if (retired > 0)
          await appendAudit(tx, schema, { by, via, action: 'retire golden', model, because, subject });
        return retired;
      }),
  };
}
