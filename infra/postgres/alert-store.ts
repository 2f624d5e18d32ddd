import { desc, eq, sql } from 'drizzle-orm';
import type { AlertRow, AlertStore } from '../../domain/ports.ts';
import type { Handle } from './database.ts';
import { alerts } from './schema/runs.ts';

type Row = typeof alerts.$inferSelect;

const toAlert = (row: Row): AlertRow & { receivedAt: string } => ({
  ...row,
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt?.toISOString() ?? null,
  receivedAt: row.receivedAt.toISOString(),
});

export function createAlertStore({ db }: Handle): AlertStore {
  return {
    async record(given) {
      if (given.length === 0) return [];
      // One statement cannot write a row twice; of two messages about one alert the later one counts.
      const byKey = new Map(given.map((a) => [`${a.fingerprint} ${Date.parse(a.startsAt)}`, a]));
      const rows = await db
        .insert(alerts)
        .values(
          [...byKey.values()].map((a) => ({
            ...a,
            startsAt: new Date(a.startsAt),
            endsAt: a.endsAt === null ? null : new Date(a.endsAt),
          })),
        )
        .onConflictDoUpdate({
          target: [alerts.fingerprint, alerts.startsAt],
          set: {
            // A late message does not wake an alert that is over; what it said when it fired stays.
            status: sql`case when ${alerts.status} = 'resolved' then 'resolved' else excluded.status end`,
            endsAt: sql`coalesce(excluded.ends_at, ${alerts.endsAt})`,
          },
        })
        .returning({
          fingerprint: alerts.fingerprint,
          startsAt: alerts.startsAt,
          isNew: sql<boolean>`xmax = 0`,
        });
      return rows.filter((r) => r.isNew).map((r) => byKey.get(`${r.fingerprint} ${r.startsAt.getTime()}`)!);
    },

    async list({ model, limit = 100 }) {
      const rows = await db
        .select()
        .from(alerts)
        .where(model === undefined ? undefined : eq(alerts.model, model))
        .orderBy(desc(alerts.receivedAt), desc(alerts.startsAt))
        .limit(limit);
      return rows.map(toAlert);
    },
  };
}
