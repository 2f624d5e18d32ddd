import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { Token, TokenStore } from '../../domain/tokens.ts';
import { appendAudit } from './audit-log.ts';
import type { Handle } from './database.ts';
import { unknownToken } from './refusals.ts';
import { tokens } from './schema/people.ts';

/** How a token is written: a search for leaked ones finds it, and its id leads to the row without a scan. */
const form = /^dlt_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** Whether a secret is written like a person's token; the installation's own is not. */
export const isPersonal = (secret: string): boolean => secret.startsWith('dlt_');

/** Secrets are 256 random bits: nobody tries them all, so a fast hash keeps them. */
const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

type Row = typeof tokens.$inferSelect;

export function createTokenStore({ db, schema }: Handle): TokenStore {
  const get = async (id: string, on: Pick<typeof db, 'select'> = db): Promise<Row | null> =>
    (await on.select().from(tokens).where(eq(tokens.id, id)))[0] ?? null;
  return {
    create: ({ name, grants, expiresAt, by, via }) =>
      db.transaction(async (tx) => {
        const id = randomBytes(6).toString('hex');
        const secret = `dlt_${id}_${randomBytes(32).toString('base64url')}`;
        const hash = hashOf(secret).toString('hex');
        const expires = expiresAt === null ? null : new Date(expiresAt);
        const [row] = await tx
          .insert(tokens)
          .values({ id, name, hash, grants, createdBy: by, expiresAt: expires })
          .returning();
        const details = {
          name,
          grants: grants.map(({ role, model }) => `${role} of ${model}`).join(', '),
          expires: expiresAt,
        };
        await appendAudit(tx, schema, { action: 'create token', by, via, subject: id, details });
        return { token: toToken(row!), secret };
      }),

    async list() {
      return (await db.select().from(tokens).orderBy(desc(tokens.createdAt), tokens.id)).map(toToken);
    },

    async get(id) {
      const row = await get(id);
      return row === null ? null : toToken(row);
    },

    async find(secret) {
      const id = form.exec(secret)?.[1];
      const row = id === undefined ? null : await get(id);
      if (row === null || !timingSafeEqual(hashOf(secret), Buffer.from(row.hash, 'hex'))) return null;
      return toToken(row);
    },

    revoke: (id, { by, via }) =>
      db.transaction(async (tx) => {
        const [revoked] = await tx
          .update(tokens)
          .set({ revokedAt: sql`now()` })
          .where(and(eq(tokens.id, id), isNull(tokens.revokedAt)))
          .returning();
        if (revoked === undefined) {
          const row = await get(id, tx);
          if (row === null) throw unknownToken(id);
          return toToken(row);
        }
        const details = { name: revoked.name };
        await appendAudit(tx, schema, { action: 'revoke token', by, via, subject: id, details });
        return toToken(revoked);
      }),

    async used(id) {
      const aMinuteAgo = sql`now() - interval '1 minute'`;
      await db
        .update(tokens)
        .set({ lastUsedAt: sql`now()` })
        .where(and(eq(tokens.id, id), or(isNull(tokens.lastUsedAt), lt(tokens.lastUsedAt, aMinuteAgo))));
    },
  };
}

const toToken = (row: typeof tokens.$inferSelect): Token => ({
  id: row.id,
  name: row.name,
  grants: row.grants,
  createdBy: row.createdBy,
  createdAt: row.createdAt.toISOString(),
  expiresAt: row.expiresAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
});
