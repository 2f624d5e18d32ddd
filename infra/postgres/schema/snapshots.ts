import {
  bigint,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { SnapshotPart } from '../../../domain/examples.ts';
import { bytea, moment } from './columns.ts';
import { models } from './config.ts';

/** Manifests: which rows a run saw, and their hashes. The rows themselves stay where they are. */
export const snapshots = pgTable('snapshots', {
  id: text('id').primaryKey(),
  model: text('model')
    .notNull()
    .references(() => models.name),
  runId: text('run_id').notNull().unique(),
  fromSeq: bigint('from_seq', { mode: 'number' }).notNull(),
  cutSeq: bigint('cut_seq', { mode: 'number' }).notNull(),
  onsetSeq: bigint('onset_seq', { mode: 'number' }),
  trainRows: integer('train_rows').notNull(),
  validationRows: integer('validation_rows').notNull(),
  rehearsalRows: integer('rehearsal_rows').notNull().default(0),
  goldenRows: integer('golden_rows').notNull().default(0),
  rehearsalShare: doublePrecision('rehearsal_share').notNull(),
  digest: text('digest').notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
});

export const snapshotExamples = pgTable(
  'snapshot_examples',
  {
    snapshotId: text('snapshot_id')
      .notNull()
      .references(() => snapshots.id),
    part: text('part').$type<SnapshotPart>().notNull(),
    position: integer('position').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    predictionId: uuid('prediction_id').notNull(),
    bucket: date('bucket', { mode: 'string' }).notNull(),
    /** sha256 of the canonical JSON of { input, label }. */
    hash: bytea('hash').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.snapshotId, t.part, t.position] }),
    index('snapshot_examples_by_prediction').on(t.predictionId),
  ],
);
