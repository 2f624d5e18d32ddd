import { bigint, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { LoopEvent } from '../../../domain/events.ts';
import { moment } from './columns.ts';

/** An outbox: what has happened and is not yet told. A row goes when it stands in the topic. */
export const events = pgTable('events', {
  position: bigint('position', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  /** By it a reader knows an event that stands in the topic twice. */
  id: uuid('id').notNull().defaultRandom(),
  type: text('type').$type<LoopEvent['type']>().notNull(),
  /** Null: it concerns the installation. */
  model: text('model'),
  data: jsonb('data').$type<LoopEvent['data']>().notNull(),
  at: moment('at').notNull().defaultNow(),
});
