import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core';
import type { Question } from '../../../domain/approval.ts';
import type { FindingLevel } from '../../../domain/finding.ts';
import type { Role } from '../../../domain/person.ts';
import type { RolloutLook } from '../../../domain/rollout.ts';
import type { RunOutcome, RunPhase, TrainingProgress, Trigger } from '../../../domain/run.ts';
import type { Verdict } from '../../../domain/verdict.ts';
import { moment } from './columns.ts';
import { models } from './config.ts';

type Json = Readonly<Record<string, unknown>>;
const model = () =>
  text('model')
    .notNull()
    .references(() => models.name);
const runId = () =>
  text('run_id')
    .notNull()
    .references(() => runs.id);

export const runs = pgTable(
  'runs',
  {
    id: text('id').primaryKey(),
    model: model(),
    trigger: jsonb('trigger').$type<Trigger>().notNull(),
    by: text('by').notNull(),
    because: text('because').notNull(),
    phase: text('phase').$type<RunPhase>().notNull(),
    configDigest: text('config_digest').notNull(),
    labelledAtStart: bigint('labelled_at_start', { mode: 'number' }).notNull(),
    startedAt: moment('started_at').notNull().defaultNow(),
    endedAt: moment('ended_at'),
    snapshotId: text('snapshot_id'),
    version: text('version'),
    verdict: jsonb('verdict').$type<Verdict>(),
    outcome: jsonb('outcome').$type<RunOutcome>(),
    promotedAt: moment('promoted_at'),
    trainSeconds: doublePrecision('train_seconds'),
    progress: jsonb('progress').$type<TrainingProgress>(),
    trainingBeganAt: moment('training_began_at'),
    trainingBeganSeq: bigint('training_began_seq', { mode: 'number' }),
  },
  (t) => [index('runs_by_model').on(t.model, t.startedAt)],
);

/** The story of a run, one sentence a row. */
export const runEvents = pgTable(
  'run_events',
  {
    runId: runId(),
    key: text('key').notNull(),
    position: bigint('position', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    phase: text('phase').$type<RunPhase>().notNull(),
    sentence: text('sentence').notNull(),
    data: jsonb('data').$type<Json>(),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.key] })],
);

/** The course of a training: one row per step that was reported. */
export const trainingProgress = pgTable(
  'training_progress',
  {
    runId: runId(),
    step: integer('step').notNull(),
    progress: jsonb('progress').$type<TrainingProgress>().notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.step] })],
);

/** What the gate saw at one look. */
export const evaluations = pgTable(
  'evaluations',
  {
    runId: runId(),
    look: integer('look').notNull(),
    rows: integer('rows').notNull(),
    challenger: text('challenger').notNull(),
    challengerDigest: text('challenger_digest'),
    champion: text('champion').notNull(),
    championDigest: text('champion_digest'),
    testDigest: text('test_digest').notNull(),
    report: jsonb('report').$type<Json>().notNull(),
    reportDigest: text('report_digest').notNull(),
    by: text('by').notNull(),
    because: text('because').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.look] })],
);

/** What the gate said to it, and by which policy; or, against the gate, a person: that is marked for ever. */
export const verdicts = pgTable(
  'verdicts',
  {
    runId: runId(),
    look: integer('look').notNull(),
    forced: boolean('forced').notNull().default(false),
    verdict: jsonb('verdict').$type<Verdict>().notNull(),
    kind: text('kind').$type<Verdict['kind']>().notNull(),
    reportDigest: text('report_digest').notNull(),
    testDigest: text('test_digest').notNull(),
    configDigest: text('config_digest').notNull(),
    by: text('by').notNull(),
    because: text('because').notNull(),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.look, t.forced] })],
);

/** What each look at a rollout saw, and what it said. */
export const rolloutLooks = pgTable(
  'rollout_looks',
  {
    runId: runId(),
    at: moment('at').notNull(),
    look: jsonb('look').$type<Omit<RolloutLook, 'at'>>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.at] })],
);

/** The decisions of people, each with what it holds for. */
export const approvals = pgTable(
  'approvals',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    runId: runId(),
    about: text('about').$type<Question>().notNull().default('promotion'),
    kind: text('kind').$type<'approve' | 'reject'>().notNull(),
    by: text('by').notNull(),
    roles: jsonb('roles').$type<readonly Role[]>().notNull().default([]),
    because: text('because').notNull(),
    at: moment('at').notNull().defaultNow(),
    /** Names the request: the same one again is not a second decision. */
    decisionId: text('decision_id').unique(),
    versionDigest: text('version_digest'),
    reportDigest: text('report_digest'),
    testDigest: text('test_digest'),
    /** Of the gate's and the approval's rules as they were in force. */
    policyDigest: text('policy_digest').notNull().default(''),
    configDigest: text('config_digest').notNull(),
  },
  (t) => [index('approvals_by_run').on(t.runId)],
);

/** What monitors said, as they said it. */
export const findings = pgTable(
  'findings',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    model: model(),
    version: text('version'),
    monitor: text('monitor').notNull(),
    level: text('level').$type<FindingLevel>().notNull(),
    value: doublePrecision('value'),
    bound: doublePrecision('bound'),
    sentence: text('sentence').notNull(),
    windowFrom: moment('window_from'),
    windowTo: moment('window_to'),
    configDigest: text('config_digest'),
    at: moment('at').notNull().defaultNow(),
  },
  (t) => [index('findings_by_model').on(t.model, t.at)],
);

/** Alerts as Alertmanager sent them or Prometheus had them; unique, so that only a new one signals. */
export const alerts = pgTable(
  'alerts',
  {
    fingerprint: text('fingerprint').notNull(),
    startsAt: moment('starts_at').notNull(),
    endsAt: moment('ends_at'),
    status: text('status').$type<'firing' | 'resolved'>().notNull(),
    model: text('model').notNull(),
    alertname: text('alertname').notNull(),
    labels: jsonb('labels').$type<Readonly<Record<string, string>>>().notNull(),
    annotations: jsonb('annotations').$type<Readonly<Record<string, string>>>().notNull(),
    receivedAt: moment('received_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.fingerprint, t.startsAt] }),
    index('alerts_by_model').on(t.model, t.receivedAt),
  ],
);
