import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';
import type { SessionStore } from '../../domain/sessions.ts';
import { appendAudit } from './audit-log.ts';
import type { Handle } from './database.ts';
import { sha256 } from './digests.ts';
import { sessions, tokens } from './schema/people.ts';

/** Sessions that are over are kept for so long: the audit log has their ends for ever. */
const keptAfter = sql`now() - interval '1 day'`;

export function createSessionStore({ db, schema }: Handle): SessionStore {
  return {
    begin: (name, { person, tokenId, expiresAt }) =>
      db.transaction(async (tx) => {
        await tx
          .delete(sessions)
          .where(or(lt(sessions.expiresAt, keptAfter), lt(sessions.endedAt, keptAfter)));
        const row = { hash: sha256(name), ...person, tokenId, expiresAt: new Date(expiresAt) };
        await tx.insert(sessions).values(row);
        const { name: by, via } = person;
        await appendAudit(tx, schema, { action: 'login', by, via, subject: tokenId });
      }),

    async find(name, now) {
      const at = new Date(now);
      const tokenHolds = and(
        isNull(tokens.revokedAt),
        or(isNull(tokens.expiresAt), gt(tokens.expiresAt, at)),
      );
      const [row] = await db
        .select({ session: sessions })
        .from(sessions)
        .leftJoin(tokens, eq(tokens.id, sessions.tokenId))
        .where(
          and(
            eq(sessions.hash, sha256(name)),
            isNull(sessions.endedAt),
            gt(sessions.expiresAt, at),
            or(isNull(sessions.tokenId), tokenHolds),
          ),
        );
      if (row === undefined) return null;
      const { name: who, via, grants, tokenId, expiresAt } = row.session;
      return { person: { name: who, via, grants }, tokenId, expiresAt: expiresAt.toISOString() };
    },

    end: (name, { name: by, via }) =>
      db.transaction(async (tx) => {
        const ended = await tx
          .update(sessions)
          .set({ endedAt: new Date() })
          .where(and(eq(sessions.hash, sha256(name)), isNull(sessions.endedAt)))
          .returning({ hash: sessions.hash });
        if (ended.length > 0) await appendAudit(tx, schema, { action: 'logout', by, via });
      }),
  };
}
