import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Partition } from '../../../domain/examples.ts';
import type { InputRow } from '../../../domain/input.ts';
import type { FeedbackMessage } from '../../../domain/messages.ts';
import { moment, xid8 } from './columns.ts';

/**
 * The tables that are range-partitioned by `bucket`, the Monday of the week inside the prediction id. Drizzle cannot
 * say PARTITION BY, so migrations/0001 creates them by hand; a test compares these declarations with the database.
 */

/**
 * What the model said. A row without a model is a meeting place: feedback came first and waits. Both sides write the
 * same key, so however their transactions interleave, the second one sees the first.
 */
export const predictions = pgTable(
  'predictions',
  {
    predictionId: uuid('prediction_id').notNull(),
    bucket: date('bucket', { mode: 'string' }).notNull(),
    model: text('model'),
    version: text('version'),
    /** Null once it is erased. */
    input: jsonb('input').$type<InputRow>(),
    label: text('label'),
    scores: jsonb('scores').$type<Readonly<Record<string, number>>>(),
    /** The probability that the answer is right, as it was calibrated then; null where it was not. */
    expected: real('expected'),
    context: jsonb('context').$type<Readonly<Record<string, unknown>>>(),
    entity: text('entity'),
    partition: text('partition').$type<Partition>(),
    /** When it was predicted, as the message says, and when it came here. */
    predictedAt: moment('predicted_at'),
    arrivedAt: moment('arrived_at').notNull().defaultNow(),
    /** True where feedback came before its prediction. */
    feedbackFirst: boolean('feedback_first').notNull().default(false),
    erasedAt: moment('erased_at'),
  },
  (t) => [primaryKey({ columns: [t.predictionId, t.bucket] })],
);

/** What production said back, every message of it. */
export const feedback = pgTable(
  'feedback',
  {
    feedbackId: text('feedback_id').notNull(),
    bucket: date('bucket', { mode: 'string' }).notNull(),
    predictionId: uuid('prediction_id').notNull(),
    kind: text('kind').$type<FeedbackMessage['kind']>().notNull(),
    /** The value as text where it may be a label or a code. */
    raw: text('raw'),
    value: jsonb('value'),
    /** When it was said, and when it came here. */
    labelledAt: moment('labelled_at').notNull(),
    arrivedAt: moment('arrived_at').notNull().defaultNow(),
    source: text('source').notNull(),
    kafkaPartition: integer('kafka_partition').notNull(),
    kafkaOffset: bigint('kafka_offset', { mode: 'bigint' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.feedbackId, t.bucket] })],
);

/** Predictions joined with their effective feedback. `label` is null while a retraction is the latest word. */
export const examples = pgTable(
  'examples',
  {
    predictionId: uuid('prediction_id').notNull(),
    bucket: date('bucket', { mode: 'string' }).notNull(),
    model: text('model').notNull(),
    version: text('version').notNull(),
    predicted: text('predicted').notNull(),
    label: text('label'),
    /** What the present label replaced, when it did, as far as it was counted. */
    previousLabel: text('previous_label'),
    partition: text('partition').$type<Partition>().notNull(),
    feedbackId: text('feedback_id').notNull(),
    /** Labelled because it was picked (see PICKED): it may train, and judges nothing. */
    picked: boolean('picked').notNull().default(false),
    predictedAt: moment('predicted_at').notNull(),
    labelledAt: moment('labelled_at').notNull(),
    /** When the effective feedback came here. */
    arrivedAt: moment('arrived_at').notNull().defaultNow(),
    /** Breaks ties between two labels of the same moment. */
    kafkaOffset: bigint('kafka_offset', { mode: 'bigint' }).notNull(),
    /** The known-at order: the transaction in which the label became known, and a number within it. */
    knownXid: xid8('known_xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    knownId: bigint('known_id', { mode: 'number' })
      .notNull()
      .default(sql`nextval('known_ids')`),
  },
  (t) => [primaryKey({ columns: [t.predictionId, t.bucket] })],
);
