import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  date,
  doublePrecision,
  index,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Partition } from '../../../domain/examples.ts';
import type { FeedbackMessage } from '../../../domain/messages.ts';
import type { Person } from '../../../domain/person.ts';
import type { AnswerKind, Reason } from '../../../domain/teach.ts';
import { moment } from './columns.ts';
import { models } from './config.ts';

/** Rows that people are asked about, who chose them and why. What they say is not here: an erased input is gone. */
export const teachRows = pgTable(
  'teach_rows',
  {
    model: text('model')
      .notNull()
      .references(() => models.name),
    predictionId: uuid('prediction_id').notNull(),
    bucket: date('bucket', { mode: 'string' }).notNull(),
    partition: text('partition').$type<Partition>().notNull(),
    reason: text('reason').$type<Reason>().notNull(),
    because: text('because').notNull(),
    worth: doublePrecision('worth').notNull(),
    pickedBy: text('picked_by').notNull(),
    pickedAt: moment('picked_at').notNull().defaultNow(),
    /** Null while people are asked. */
    closedAt: moment('closed_at'),
    closedBecause: text('closed_because').$type<'answered' | 'unclear' | 'labelled' | 'gone'>(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.predictionId] }),
    index('teach_rows_open').on(t.model, t.closedAt),
    // Only what is drawn at random may test, and it is drawn from what is held out for life.
    check('teach_rows_partition', sql`(${t.reason} = 'random') = (${t.partition} = 'holdout')`),
  ],
);

/** What people said of them, for good; and with what message it went to the topic of feedback. */
export const teachAnswers = pgTable(
  'teach_answers',
  {
    id: text('id').primaryKey(),
    position: bigint('position', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    model: text('model')
      .notNull()
      .references(() => models.name),
    predictionId: uuid('prediction_id').notNull(),
    reason: text('reason').$type<Reason>().notNull(),
    kind: text('kind').$type<AnswerKind>().notNull(),
    value: jsonb('value'),
    by: text('by').notNull(),
    via: text('via').$type<Person['via']>().notNull(),
    at: moment('at').notNull(),
    arrivedAt: moment('arrived_at').notNull().defaultNow(),
    undoneAt: moment('undone_at'),
    /** Null where there is nothing to be sent. */
    message: jsonb('message').$type<FeedbackMessage>(),
    sentAt: moment('sent_at'),
  },
  (t) => [
    index('teach_answers_by_row').on(t.model, t.predictionId),
    index('teach_answers_by_time').on(t.model, t.at),
    index('teach_answers_unsent')
      .on(t.position)
      .where(sql`${t.sentAt} is null and ${t.message} is not null`),
  ],
);
