import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { DeliveryState } from '../../../domain/deliveries.ts';
import type { LoopEvent } from '../../../domain/events.ts';
import { moment } from './columns.ts';

/** What webhooks are told: a row for each event and each webhook that asks for it. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    webhook: text('webhook').notNull(),
    eventId: uuid('event_id').notNull(),
    type: text('type').$type<LoopEvent['type']>().notNull(),
    /** Null: it concerns the installation. */
    model: text('model'),
    data: jsonb('data').$type<LoopEvent['data']>().notNull(),
    at: moment('at').notNull(),
    state: text('state').$type<DeliveryState>().notNull().default('waiting'),
    tries: integer('tries').notNull().default(0),
    status: integer('status'),
    problem: text('problem'),
    /** When it is due; moved on while somebody posts it. */
    nextAt: moment('next_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),
  },
  (t) => [
    index('deliveries_due')
      .on(t.webhook, t.nextAt)
      .where(sql`state = 'waiting'`),
    index('deliveries_ended').on(t.endedAt),
  ],
);
