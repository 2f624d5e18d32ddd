import { createDoorkeeper } from '../../domain/doorkeeper.ts';
import type { Doorkeeper } from '../../domain/doorkeeper.ts';
import { completeEntry } from '../../domain/audit.ts';
import type { AuditRow, NewAuditEntry } from '../../domain/audit.ts';
import { everyModel } from '../../domain/person.ts';
import type { Role } from '../../domain/person.ts';
import type { LoggedIn, SessionStore } from '../../domain/sessions.ts';
import type { Token } from '../../domain/tokens.ts';

/** People with tokens, in memory: the secret of each is their name. */
export function fakePeople({
  token = 'the-token',
  localUser = 'ada',
  clock = Date.now,
  rememberMs = 0,
}: { token?: string; localUser?: string | null; clock?: () => number; rememberMs?: number } = {}) {
  const tokens = new Map<string, Token>();
  const audited: NewAuditEntry[] = [];
  const state = { problem: null as Error | null, looked: 0 };
  const audit = {
    append: async (entry: NewAuditEntry) => void audited.push(entry),
    list: async ({ model, limit }: { model?: string; limit: number }): Promise<AuditRow[]> =>
      audited
        .map((entry, i) => ({
          ...completeEntry(entry),
          id: i + 1,
          at: new Date(clock()).toISOString(),
          previous: '',
          hash: '',
        }))
        .filter((row) => model === undefined || row.model === model)
        .slice(-limit),
  };
  const doorkeeper: Doorkeeper = createDoorkeeper({
    tokens: {
      async find(secret) {
        state.looked += 1;
        if (state.problem !== null) throw state.problem;
        return tokens.get(secret) ?? null;
      },
      used: async () => {},
    },
    audit,
    isInstallation: (secret) => secret === token,
    localUser,
    rememberMs,
    clock,
  });
  const begun = new Map<string, LoggedIn>();
  const sessions: SessionStore = {
    async begin(name, session) {
      begun.set(name, session);
      const { name: by, via } = session.person;
      await audit.append({ action: 'login', by, via, subject: session.tokenId });
    },
    async find(name, now) {
      const session = begun.get(name);
      if (session === undefined || now >= Date.parse(session.expiresAt)) return null;
      const { tokenId } = session;
      const held = [...tokens.values()].find(({ id }) => id === tokenId);
      return tokenId === null || (held !== undefined && held.revokedAt === null) ? session : null;
    },
    async end(name, { name: by, via }) {
      if (begun.delete(name)) await audit.append({ action: 'logout', by, via });
    },
  };
  return {
    doorkeeper,
    sessions,
    audit,
    audited,
    state,
    tokens,
    /** Gives somebody a token; its secret is their name. */
    give(name: string, role: Role, change: Partial<Token> & { model?: string } = {}) {
      const { model = everyModel, ...rest } = change;
      tokens.set(name, {
        id: `id-of-${name}`,
        name,
        grants: [{ role, model }],
        createdBy: 'bob',
        createdAt: new Date(clock()).toISOString(),
        expiresAt: null,
        revokedAt: null,
        lastUsedAt: null,
        ...rest,
      });
    },
  };
}
