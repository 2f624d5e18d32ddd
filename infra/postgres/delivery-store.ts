import { randomUUID } from 'node:crypto';
import { and, asc, count, desc, eq, lt, lte, notInArray, sql } from 'drizzle-orm';
import type { Delivery, DeliveryRow, DeliveryStore, Posted } from '../../domain/deliveries.ts';
import type { Handle } from './database.ts';
import { declaredWebhooks, enqueue } from './enqueue-deliveries.ts';
import { emit } from './events.ts';
import { deliveries } from './schema/deliveries.ts';

type Row = typeof deliveries.$inferSelect;

const toRow = ({
  id,
  webhook,
  eventId,
  type,
  model,
  state,
  tries,
  status,
  problem,
  ...row
}: Row): DeliveryRow => ({
  id,
  webhook,
  eventId,
  type,
  model,
  at: row.at.toISOString(),
  state,
  tries,
  status,
  problem,
  nextAt: state === 'waiting' ? row.nextAt.toISOString() : null,
  endedAt: row.endedAt?.toISOString() ?? null,
});

/** What the row becomes; the clock is the database's, as it is for whoever claims. */
const afterwards = (posted: Posted) => {
  const after = (ms: number) => sql`now() + make_interval(secs => ${ms / 1_000})`;
  switch (posted.kind) {
    case 'delivered':
      return { state: 'delivered', status: posted.status, problem: null, endedAt: sql`now()` } as const;
    case 'failed': {
      const { status, problem, againInMs } = posted;
      return { status, problem, nextAt: after(againInMs) };
    }
    case 'dead':
      return {
        state: 'dead',
        status: posted.status,
        problem: posted.problem,
        endedAt: sql`now()`,
      } as const;
    default:
      return posted satisfies never;
  }
};

export function createDeliveryStore({ db }: Handle): DeliveryStore {
  return {
    webhooks: () => declaredWebhooks(db),

    claim: (webhook, leaseMs) =>
      db.transaction(async (tx) => {
        const [due] = await tx
          .select({ id: deliveries.id })
          .from(deliveries)
          .where(
            and(
              eq(deliveries.webhook, webhook),
              eq(deliveries.state, 'waiting'),
              lte(deliveries.nextAt, sql`now()`),
            ),
          )
          .orderBy(asc(deliveries.nextAt), asc(deliveries.id))
          .limit(1)
          .for('update', { skipLocked: true });
        if (due === undefined) return null;
        // Whoever posts it may die: then it is due again after the lease.
        const [row] = await tx
          .update(deliveries)
          .set({
            tries: sql`${deliveries.tries} + 1`,
            nextAt: sql`now() + make_interval(secs => ${leaseMs / 1_000})`,
          })
          .where(eq(deliveries.id, due.id))
          .returning();
        const { id, eventId, type, model, data, at, tries } = row!;
        return { id, webhook, eventId, type, model, data, at: at.toISOString(), tries } as Delivery & {
          tries: number;
        };
      }),

    settle: ({ id, webhook, eventId, type, tries }, posted) =>
      db.transaction(async (tx) => {
        const settled = await tx
          .update(deliveries)
          .set(afterwards(posted))
          .where(and(eq(deliveries.id, id), eq(deliveries.state, 'waiting')))
          .returning({ model: deliveries.model });
        // One that says that another was given up is not told of in its turn: two that are away would never end.
        if (settled.length === 0 || posted.kind !== 'dead' || type === 'driftloop.webhook.given-up.v1')
          return;
        const data = { webhook, eventId, eventType: type, tries, problem: posted.problem };
        await emit(tx, { type: 'driftloop.webhook.given-up.v1', model: settled[0]!.model, data });
      }),

    async abandon(declared) {
      const gone = await db
        .update(deliveries)
        .set({ state: 'dead', problem: 'The webhook is declared no more.', endedAt: sql`now()` })
        .where(
          and(
            eq(deliveries.state, 'waiting'),
            declared.length === 0 ? undefined : notInArray(deliveries.webhook, [...declared]),
          ),
        )
        .returning({ id: deliveries.id });
      return gone.length;
    },

    async list({ webhook, state, limit }) {
      const rows = await db
        .select()
        .from(deliveries)
        .where(
          and(
            webhook === undefined ? undefined : eq(deliveries.webhook, webhook),
            state === undefined ? undefined : eq(deliveries.state, state),
          ),
        )
        .orderBy(desc(deliveries.id))
        .limit(limit);
      return rows.map(toRow);
    },

    async get(id) {
      const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id));
      return row === undefined ? null : toRow(row);
    },

    counts: () =>
      db
        .select({ webhook: deliveries.webhook, state: deliveries.state, deliveries: count() })
        .from(deliveries)
        .groupBy(deliveries.webhook, deliveries.state)
        .orderBy(deliveries.webhook, deliveries.state),

    test: (webhook, by) =>
      db.transaction(async (tx) => {
        const event = { type: 'driftloop.webhook.tested.v1', model: null, data: { webhook, by } } as const;
        const [id] = await enqueue(tx, [{ name: webhook }], {
          ...event,
          eventId: randomUUID(),
          at: new Date(),
        });
        return id!;
      }),

    async retry(webhook) {
      const again = await db
        .update(deliveries)
        .set({ state: 'waiting', tries: 0, status: null, problem: null, endedAt: null, nextAt: sql`now()` })
        .where(and(eq(deliveries.webhook, webhook), eq(deliveries.state, 'dead')))
        .returning({ id: deliveries.id });
      return again.length;
    },

    async forget(before) {
      const gone = await db
        .delete(deliveries)
        .where(lt(deliveries.endedAt, before))
        .returning({ id: deliveries.id });
      return gone.length;
    },
  };
}
