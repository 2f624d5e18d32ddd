import { createDoorkeeper } from '../../domain/doorkeeper.ts';
import type { Doorkeeper } from '../../domain/doorkeeper.ts';
import { createHash } from 'node:crypto';
import { beginning, completeEntry, hashedText, isAmong } from '../../domain/audit.ts';
import type { AuditLog, AuditRow, NewAuditEntry } from '../../domain/audit.ts';
import { everyModel } from '../../domain/person.ts';
import type { Role } from '../../domain/person.ts';
import type { LoggedIn, SessionStore } from '../../domain/sessions.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { Token, TokenStore } from '../../domain/tokens.ts';

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
    list: async ({ limit, before = Infinity, ...filter }: Parameters<AuditLog['list']>[0]) =>
      rowsOf(audited, clock)
        .filter((row) => row.id < before && isAmong(row, filter))
        .slice(-limit),
    async *all() {
      yield* rowsOf(audited, clock);
    },
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
  const tokenStore: Pick<TokenStore, 'create' | 'list' | 'get' | 'revoke'> = {
    async create({ name, grants, expiresAt, by, via }) {
      const token: Token = {
        id: `id-of-${name}`,
        name,
        grants,
        createdBy: by,
        createdAt: new Date(clock()).toISOString(),
        expiresAt,
        revokedAt: null,
        lastUsedAt: null,
      };
      tokens.set(name, token);
      await audit.append({ action: 'create token', by, via, subject: token.id });
      return { token, secret: name };
    },
    list: async () => [...tokens.values()].reverse(),
    get: async (id) => [...tokens.values()].find((token) => token.id === id) ?? null,
    async revoke(id, { by, via }) {
      const token = [...tokens.values()].find((one) => one.id === id);
      if (token === undefined)
        throw new DriftloopError('DL_UNKNOWN_TOKEN', `There is no token ${id}.`, {
          fix: 'List them.',
          status: 404,
        });
      const revoked = { ...token, revokedAt: new Date(clock()).toISOString() };
      tokens.set(token.name, revoked);
      await audit.append({ action: 'revoke token', by, via, subject: id });
      return revoked;
    },
  };
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
    tokenStore,
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

/** Entries as a chain; the same at every call, but for their time. */
function rowsOf(entries: readonly NewAuditEntry[], clock: () => number): AuditRow[] {
  let previous = beginning;
  return entries.map((entry, i) => {
    const content = { ...completeEntry(entry), id: i + 1, at: new Date(clock()).toISOString(), previous };
    previous = createHash('sha256').update(hashedText(content)).digest('hex');
    return { ...content, hash: previous };
  });
}
