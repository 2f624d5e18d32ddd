import { sql } from 'drizzle-orm';
import { bigint, index, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core';
import type { AuditEntry } from '../../../domain/audit.ts';
import type { Grant, Person } from '../../../domain/person.ts';
import { moment } from './columns.ts';

/** Who did what by hand, and who was refused: a chain of hashes, which a trigger keeps from being changed. */
export const audit = pgTable(
  'audit',
  {
    /** Counted by whoever appends, under a lock: without gaps. */
    id: bigint('id', { mode: 'number' }).primaryKey(),
    at: moment('at').notNull(),
    by: text('by').notNull(),
    via: text('via').$type<Person['via']>(),
    action: text('action').$type<AuditEntry['action']>().notNull(),
    model: text('model'),
    subject: text('subject'),
    because: text('because'),
    refused: text('refused').$type<AuditEntry['refused'] & string>(),
    details: jsonb('details').$type<NonNullable<AuditEntry['details']>>(),
    previous: text('previous').notNull(),
    hash: text('hash').notNull(),
  },
  // A second row after the same one would be a fork.
  (t) => [
    unique('audit_is_one_chain').on(t.previous),
    index('audit_by_model').on(t.model, t.id),
    // Asked for at every scrape.
    index('audit_drills')
      .on(t.model, t.id)
      .where(sql`${t.action} = 'rollback drill'`),
  ],
);

/** Bearer tokens of people and programs. The secret is not here: only its hash. */
export const tokens = pgTable('tokens', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  hash: text('hash').notNull(),
  grants: jsonb('grants').$type<readonly Grant[]>().notNull(),
  createdBy: text('created_by').notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
  expiresAt: moment('expires_at'),
  revokedAt: moment('revoked_at'),
  lastUsedAt: moment('last_used_at'),
});

/** Browsers that somebody has logged in with. What the cookie carries is not here: only its hash. */
export const sessions = pgTable('sessions', {
  hash: text('hash').primaryKey(),
  name: text('name').notNull(),
  via: text('via').$type<Person['via']>().notNull(),
  grants: jsonb('grants').$type<readonly Grant[]>().notNull(),
  /** The token that it began with, and ends with. */
  tokenId: text('token_id').references(() => tokens.id),
  beganAt: moment('began_at').notNull().defaultNow(),
  expiresAt: moment('expires_at').notNull(),
  endedAt: moment('ended_at'),
});
