import { and, asc, eq, inArray, isNotNull, isNull } from 'drizzle-orm';
import type { GoldenStore } from '../../domain/ports.ts';
import type { Handle } from './database.ts';
import { goldenRows } from './schema/gate.ts';

export function createGoldenStore({ db }: Handle): GoldenStore {
  return {
    add: (model, rows, { by, because }) =>
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

    async retire(model, which, { by, because }) {
      const chosen =
        'ids' in which ? inArray(goldenRows.id, [...which.ids]) : eq(goldenRows.kind, which.kind);
      const rows = await db
        .update(goldenRows)
        .set({ retiredAt: new Date(), retiredBy: by, retiredBecause: because })
        .where(and(eq(goldenRows.model, model), isNull(goldenRows.retiredAt), chosen))
        .returning({ id: goldenRows.id });
      return rows.length;
    },
  };
}
