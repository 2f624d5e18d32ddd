import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { Partition } from '../../../domain/examples.ts';
import type { TotalKind } from '../../../domain/ingest-ports.ts';
import { bytea, moment, xid8 } from './columns.ts';
import { models } from './config.ts';

/** How far each topic partition has taken effect. The row lock is the fence between two owners. */
export const ingestOffsets = pgTable(
  'ingest_offsets',
  {
    clusterId: text('cluster_id').notNull(),
    topic: text('topic').notNull(),
    partition: integer('partition').notNull(),
    /** The first offset that has not taken effect. */
    next: bigint('next', { mode: 'bigint' }).notNull(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.clusterId, t.topic, t.partition] })],
);

/** Messages without effect, and why: an outbox that is relayed to the topic of dead letters. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    code: text('code').notNull(),
    reason: text('reason').notNull(),
    model: text('model'),
    topic: text('topic').notNull(),
    partition: integer('partition').notNull(),
    offset: bigint('offset', { mode: 'bigint' }).notNull(),
    key: bytea('key'),
    payload: bytea('payload'),
    at: moment('at').notNull().defaultNow(),
    relayedAt: moment('relayed_at'),
  },
  (t) => [
    index('dead_letters_to_relay')
      .on(t.id)
      .where(sql`relayed_at is null`),
  ],
);

/** Counters that only grow, one per Kafka partition: no two owners write the same row. */
export const totals = pgTable(
  'totals',
  {
    model: text('model').notNull(),
    version: text('version').notNull(),
    partition: text('partition').notNull(),
    kind: text('kind').$type<TotalKind>().notNull(),
    a: text('a').notNull(),
    b: text('b').notNull(),
    value: bigint('value', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.version, t.partition, t.kind, t.a, t.b] })],
);

/** Predictions by when they were made, and what became known of them: the view "as happened". One owner a partition. */
export const happened = pgTable(
  'happened',
  {
    model: text('model').notNull(),
    version: text('version').notNull(),
    partition: text('partition').notNull(),
    startsAt: moment('starts_at').notNull(),
    predictions: bigint('predictions', { mode: 'number' }).notNull(),
    labelled: bigint('labelled', { mode: 'number' }).notNull(),
    correct: bigint('correct', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.startsAt, t.version, t.partition] })],
);

/** How the champion fared on each labelled example when it was folded; `seq` has no gaps. */
export const championScores = pgTable(
  'champion_scores',
  {
    model: text('model').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    predictionId: uuid('prediction_id').notNull(),
    bucket: date('bucket', { mode: 'string' }).notNull(),
    partition: text('partition').$type<Partition>().notNull(),
    /** The champion at that time, and whether it was right; null before the first one. */
    version: text('version'),
    correct: boolean('correct'),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.model, t.seq] }), unique('champion_scores_once').on(t.predictionId)],
);

/** The commit-safe high-water mark of each model's fold. */
export const folds = pgTable('folds', {
  model: text('model')
    .primaryKey()
    .references(() => models.name),
  knownXid: xid8('known_xid').notNull(),
  knownId: bigint('known_id', { mode: 'number' }).notNull(),
  /** The largest `seq` that was given. */
  labelled: bigint('labelled', { mode: 'number' }).notNull(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});
