import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  foreignKey,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { RegretState, WatchedStreams } from '../../../domain/ingest-ports.ts';
import type { PerformanceEstimator } from '../../../domain/performance-estimator.ts';
import type { ReferenceShares } from '../../../domain/reference-shares.ts';
import type { Forced, TrialMode, VersionRole } from '../../../domain/version.ts';
import { bytea, moment } from './columns.ts';
import { models } from './config.ts';

const model = () =>
  text('model')
    .notNull()
    .references(() => models.name);

export const versions = pgTable(
  'versions',
  {
    model: model(),
    version: text('version').notNull(),
    number: integer('number').notNull(),
    digest: text('digest').notNull(),
    role: text('role').$type<VersionRole>().notNull(),
    parent: text('parent'),
    runId: text('run_id'),
    snapshotId: text('snapshot_id'),
    createdAt: moment('created_at').notNull().defaultNow(),
    promotedAt: moment('promoted_at'),
    accuracyOnTest: doublePrecision('accuracy_on_test'),
    referenceErrorRate: doublePrecision('reference_error_rate'),
    trainSeconds: doublePrecision('train_seconds'),
    reference: jsonb('reference').$type<ReferenceShares>(),
    forced: jsonb('forced').$type<Forced>(),
    /** Eight bytes for each row that it has learnt from; null where nothing is known of them. */
    learnt: bytea('learnt'),
    learntIsWhole: boolean('learnt_is_whole').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.version] }),
    unique('versions_number').on(t.model, t.number),
    unique('versions_once_per_run').on(t.model, t.runId, t.digest).nullsNotDistinct(),
    uniqueIndex('one_champion_per_model')
      .on(t.model)
      .where(sql`role = 'champion'`),
    check('versions_role', sql`role in ('champion', 'challenger', 'retired', 'rejected')`),
  ],
);

/** Who answered what share, by generation: the largest is in force, the others are history. */
export const routes = pgTable(
  'routes',
  {
    model: model(),
    generation: bigint('generation', { mode: 'number' }).notNull(),
    champion: text('champion').notNull(),
    championDigest: text('champion_digest').notNull(),
    challenger: text('challenger'),
    challengerDigest: text('challenger_digest'),
    share: doublePrecision('share'),
    /** How the challenger meets production; null where there is none. Rows of before it was kept were canaries. */
    mode: text('mode').$type<TrialMode>().default('canary'),
    by: text('by').notNull(),
    because: text('because').notNull(),
    runId: text('run_id'),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.generation] }),
    foreignKey({ columns: [t.model, t.champion], foreignColumns: [versions.model, versions.version] }),
    foreignKey({ columns: [t.model, t.challenger], foreignColumns: [versions.model, versions.version] }),
  ],
);

/** What a version is expected to be worth without labels; learnt once, on the first rows that it answered. */
export const estimators = pgTable(
  'estimators',
  {
    model: model(),
    version: text('version').notNull(),
    estimator: jsonb('estimator').$type<PerformanceEstimator>().notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.version] }),
    foreignKey({ columns: [t.model, t.version], foreignColumns: [versions.model, versions.version] }),
  ],
);

/** Who was champion from when to when; the open row is the present one. */
export const deployments = pgTable(
  'deployments',
  {
    model: model(),
    /** Of the route with which it took over. */
    generation: bigint('generation', { mode: 'number' }).notNull(),
    version: text('version').notNull(),
    digest: text('digest').notNull(),
    startedAt: moment('started_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),
    /** False where it was left because it did harm; a rollback passes it over. */
    healthy: boolean('healthy').notNull().default(true),
    tookOverAtSeq: bigint('took_over_at_seq', { mode: 'number' }).notNull(),
    by: text('by').notNull(),
    because: text('because').notNull(),
    runId: text('run_id'),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.generation] }),
    foreignKey({ columns: [t.model, t.version], foreignColumns: [versions.model, versions.version] }),
    uniqueIndex('one_open_deployment')
      .on(t.model)
      .where(sql`ended_at is null`),
  ],
);

/** The states of the regret detector and of those that a config declares, one per deployment: a champion that takes over begins afresh. */
export const regrets = pgTable(
  'regrets',
  {
    model: text('model').notNull(),
    generation: bigint('generation', { mode: 'number' }).notNull(),
    state: jsonb('state').$type<RegretState>().notNull(),
    /** Where the detectors are that watch the same stream. */
    streams: jsonb('streams').$type<WatchedStreams>().notNull().default({}),
    updatedAt: moment('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.generation] }),
    foreignKey({
      columns: [t.model, t.generation],
      foreignColumns: [deployments.model, deployments.generation],
    }),
  ],
);

/** Each step of a rollout as it was taken, with the digests of what it was taken on. */
export const rolloutSteps = pgTable(
  'rollout_steps',
  {
    model: model(),
    generation: bigint('generation', { mode: 'number' }).notNull(),
    phase: text('phase').$type<TrialMode | 'champion' | 'withdrawn'>().notNull(),
    version: text('version').notNull(),
    digest: text('digest').notNull(),
    champion: text('champion').notNull(),
    championDigest: text('champion_digest').notNull(),
    share: doublePrecision('share').notNull(),
    configDigest: text('config_digest').notNull(),
    by: text('by').notNull(),
    because: text('because').notNull(),
    runId: text('run_id'),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.model, t.generation, t.version] }),
    check('rollout_steps_share', sql`share >= 0 and share <= 1`),
  ],
);
