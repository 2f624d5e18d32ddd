import { bigint, date, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { GoldenKind } from '../../../domain/golden.ts';
import type { InputRow } from '../../../domain/input.ts';
import type { AnyOutput } from '../../../domain/task.ts';
import type { TestedPart } from '../../../domain/tested-row.ts';
import { bytea, moment } from './columns.ts';
import { models } from './config.ts';
import { runs } from './runs.ts';

/**
 * Each row that a gate looked at, with what both versions answered to it, from the look at which it was first so until
 * the one at which it was not so any more: looks share their rows. The input stays where it is, so that it can be erased.
 */
export const testedRows = pgTable(
  'tested_rows',
  {
    runId: text('run_id')
      .notNull()
      .references(() => runs.id),
    part: text('part').$type<TestedPart>().notNull(),
    /** Of a prediction, or of a golden row. */
    id: text('id').notNull(),
    fromLook: integer('from_look').notNull(),
    untilLook: integer('until_look'),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    bucket: date('bucket', { mode: 'string' }),
    /** sha256 of the canonical JSON of { input, label }. */
    hash: bytea('hash').notNull(),
    label: text('label').notNull(),
    /** A hash: rows of one entity have the same. */
    entity: text('entity'),
    source: text('source'),
    ours: jsonb('ours').$type<AnyOutput>().notNull(),
    theirs: jsonb('theirs').$type<AnyOutput>().notNull(),
    /** Of all of that, as the look's report has it. */
    digest: text('digest').notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.part, t.id, t.fromLook] })],
);

/** Rows that must stay true, and old ones that a challenger may not be proven worse on. They are retired, never removed. */
export const goldenRows = pgTable(
  'golden_rows',
  {
    model: text('model')
      .notNull()
      .references(() => models.name),
    /** sha256 of what the row says, so that the same row is there once. */
    id: text('id').notNull(),
    kind: text('kind').$type<GoldenKind>().notNull(),
    input: jsonb('input').$type<InputRow>().notNull(),
    label: text('label').notNull(),
    by: text('by').notNull(),
    because: text('because').notNull(),
    at: moment('at').notNull().defaultNow(),
    retiredAt: moment('retired_at'),
    retiredBy: text('retired_by'),
    retiredBecause: text('retired_because'),
  },
  (t) => [primaryKey({ columns: [t.model, t.id] }), index('golden_rows_by_kind').on(t.model, t.kind)],
);
