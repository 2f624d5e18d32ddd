import { and, eq, gt, isNull, or } from 'drizzle-orm';
import type { SessionStore } from '../../domain/sessions.ts';
import type { Handle } from './database.ts';
import { sha256 } from './digests.ts';
import { sessions, tokens } from './schema/people.ts';

export function createSessionStore({ db }: Handle): SessionStore {
  return {
    async begin(name, { person, tokenId, expiresAt }) {
      const row = { hash: sha256(name), ...person, tokenId, expiresAt: new Date(expiresAt) };
      await db.insert(sessions).values(row);
    },

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

    async end(name) {
      await db
        .update(sessions)
        .set({ endedAt: new Date() })
        .where(and(eq(sessions.hash, sha256(name)), isNull(sessions.endedAt)));
    },
  };
}
