import { bigint, boolean, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import type { DriftloopConfig, ModelConfig } from '../../../domain/model-config.ts';
import { moment } from './columns.ts';

/** Configs by digest: a run finds the one that it began with, whatever was applied since. */
export const configs = pgTable('configs', {
  digest: text('digest').primaryKey(),
  config: jsonb('config').$type<DriftloopConfig>().notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** Which config was in force from when on; the newest row is. */
export const configApplications = pgTable('config_applications', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  digest: text('digest')
    .notNull()
    .references(() => configs.digest),
  by: text('by').notNull(),
  appliedAt: moment('applied_at').notNull().defaultNow(),
});

export const models = pgTable('models', {
  name: text('name').primaryKey(),
  config: jsonb('config').$type<ModelConfig>().notNull(),
  /** Of the whole config that declared it last. */
  configDigest: text('config_digest')
    .notNull()
    .references(() => configs.digest),
  /** Mixed into the hash that decides what an entity may be used for; never changes. */
  salt: text('salt').notNull(),
  /** False once a later config no longer has it; its history stays. */
  declared: boolean('declared').notNull().default(true),
  paused: boolean('paused').notNull().default(false),
  pausedBy: text('paused_by'),
  /** The refit that the latest promotion planned, if it is still due. */
  refitOnsetSeq: bigint('refit_onset_seq', { mode: 'number' }),
  refitAtSeq: bigint('refit_at_seq', { mode: 'number' }),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/** What a raw value of feedback means: labels stand for themselves, codes for a label. */
export const labelCodes = pgTable(
  'label_codes',
  {
    model: text('model')
      .notNull()
      .references(() => models.name),
    raw: text('raw').notNull(),
    label: text('label').notNull(),
  },
  (t) => [primaryKey({ columns: [t.model, t.raw] })],
);
