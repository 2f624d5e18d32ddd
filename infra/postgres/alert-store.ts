import { desc, eq, sql } from 'drizzle-orm';
import type { LoopEvent } from '../../domain/events.ts';
import type { AlertRow, AlertStore } from '../../domain/ports.ts';
import type { Handle } from './database.ts';
import { emit } from './events.ts';
import { alerts } from './schema/runs.ts';

type Row = typeof alerts.$inferSelect;

const toAlert = (row: Row): AlertRow & { receivedAt: string } => ({
  ...row,
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt?.toISOString() ?? null,
  receivedAt: row.receivedAt.toISOString(),
});

/** An alert begins and ends once each, however often Alertmanager says so. */
const eventOf = ({ model, alertname, fingerprint, labels, annotations, ...alert }: AlertRow): LoopEvent => ({
  type: alert.status === 'firing' ? 'driftloop.alert.fired.v1' : 'driftloop.alert.resolved.v1',
  model,
  data: {
    alertname,
    fingerprint,
    kind: labels['kind'] ?? null,
    level: labels['level'] ?? null,
    startsAt: alert.startsAt,
    endsAt: alert.endsAt,
    sentence: annotations['sentence'] ?? alertname,
  },
});

export function createAlertStore({ db }: Handle): AlertStore {
  return {
    async record(given) {
      if (given.length === 0) return [];
      // One statement cannot write a row twice; of two messages about one alert the later one counts.
      const byKey = new Map(given.map((a) => [`${a.fingerprint} ${Date.parse(a.startsAt)}`, a]));
      return await db.transaction(async (tx) => {
        const rows = await tx
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
              status: sql`excluded.status`,
              endsAt: sql`coalesce(excluded.ends_at, ${alerts.endsAt})`,
            },
            // A late message does not wake an alert that is over; what it said when it fired stays.
            setWhere: eq(alerts.status, 'firing'),
          })
          .returning({
            fingerprint: alerts.fingerprint,
            startsAt: alerts.startsAt,
            isNew: sql<boolean>`xmax = 0`,
          });
        const changed = rows.map(({ fingerprint, startsAt, isNew }) => ({
          alert: byKey.get(`${fingerprint} ${startsAt.getTime()}`)!,
          isNew,
        }));
        for (const { alert, isNew } of changed)
          if (isNew || alert.status === 'resolved') await emit(tx, eventOf(alert));
        return changed.filter(({ isNew }) => isNew).map(({ alert }) => alert);
      });
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
