import type { AuditLog, NewAuditEntry } from './audit.ts';
import type { ErrorCode } from './error-codes.ts';
import { DriftloopError, ourError } from './errors.ts';
import { everyModel, refuseUnlessMay } from './person.ts';
import type { Person, Right } from './person.ts';
import { holderOf } from './tokens.ts';
import type { Token, TokenStore } from './tokens.ts';

/** Who has come in with a bearer token; `tokenId` is null with the installation's own. */
export type Visitor = Readonly<{ person: Person; tokenId: string | null }>;

/** Stands at every door: knows who comes, and lets them do what they may. Refusals are in the audit log. */
export interface Doorkeeper {
  /** @throws DL_UNAUTHORISED, DL_TOKEN_EXPIRED, DL_TOKEN_REVOKED */
  recognise(secret: string): Promise<Visitor>;
  /** @throws DL_FORBIDDEN, DL_OTHER_MODEL */
  admit(person: Person, right: Right, model: string): Promise<void>;
  /** Writes down that somebody was refused elsewhere; the same again and again is one row a minute. */
  refused(refusal: Refusal): Promise<void>;
}

export type Refusal = Omit<NewAuditEntry, 'action' | 'details'> & { refused: ErrorCode };

export type DoorkeeperParts = {
  tokens: Pick<TokenStore, 'find' | 'used'>;
  audit: Pick<AuditLog, 'append'>;
  /** Whether it is DRIFTLOOP_TOKEN, which the parts of the installation carry. */
  isInstallation(secret: string): boolean;
  /** In `dev` whoever has the installation's token is this person, and may do everything. */
  localUser: string | null;
  /** How long a token is known without looking again, and so how long a revoked one may still be heard. */
  rememberMs: number;
  clock: () => number;
};

/** The parts of the installation themselves: its services, its Alertmanager. It starts nothing and decides nothing. */
const installation: Person = {
  name: 'installation',
  via: 'token',
  grants: [
    { role: 'client', model: everyModel },
    { role: 'viewer', model: everyModel },
  ],
};

/** Who is on this machine, or holds its database: nothing could keep them from anything. */
export const localPerson = (name: string): Person => ({
  name,
  via: 'local',
  grants: [{ role: 'admin', model: everyModel }],
});

/** More names than this are not remembered: a token is looked up again. */
const REMEMBERED = 10_000;

export function createDoorkeeper(parts: DoorkeeperParts): Doorkeeper {
  const { tokens, isInstallation, localUser, rememberMs, clock } = parts;
  const known = new Map<string, { token: Token; until: number }>();
  const refused = createTeller(parts);

  const pending = new Map<string, Promise<Token | null>>();

  /** Many requests with one token are one question to the store. */
  function find(secret: string): Token | null | Promise<Token | null> {
    const remembered = known.get(secret);
    if (remembered !== undefined && clock() < remembered.until) return remembered.token;
    const asked =
      pending.get(secret) ?? lookUp(secret, remembered?.token).finally(() => pending.delete(secret));
    pending.set(secret, asked);
    return asked;
  }

  async function lookUp(secret: string, remembered: Token | undefined): Promise<Token | null> {
    let token: Token | null;
    try {
      token = await tokens.find(secret);
    } catch (cause) {
      if (remembered === undefined) throw ourError(cause) ?? cannotLookUp(cause);
      // Those who were known go on, and the store is asked again later; whether a token has expired is seen without it.
      known.set(secret, { token: remembered, until: clock() + rememberMs });
      return remembered;
    }
    if (token === null) {
      known.delete(secret);
      return null;
    }
    if (known.size >= REMEMBERED) known.clear();
    if (rememberMs > 0) known.set(secret, { token, until: clock() + rememberMs });
    // Of no use to the request, so it waits for nothing and fails for nothing.
    void tokens.used(token.id).catch(() => {});
    return token;
  }

  return {
    refused,

    async recognise(secret) {
      if (isInstallation(secret))
        return { person: localUser === null ? installation : localPerson(localUser), tokenId: null };
      const token = await find(secret);
      if (token === null) {
        const error = unauthorised('The bearer token is not the right one.');
        await refused({ by: 'nobody', via: null, refused: error.code });
        throw error;
      }
      try {
        return { person: holderOf(token, clock()), tokenId: token.id };
      } catch (error) {
        const { code } = ourError(error)!;
        await refused({ by: token.name, via: 'token', subject: token.id, refused: code });
        throw error;
      }
    },

    async admit(person, right, model) {
      try {
        refuseUnlessMay(person, right, model);
      } catch (error) {
        const { code } = ourError(error)!;
        const { name: by, via } = person;
        await refused({ by, via, model: model === everyModel ? null : model, subject: right, refused: code });
        throw error;
      }
    },
  };
}

const cannotLookUp = (cause: unknown) =>
  new DriftloopError('DL_POSTGRES_UNREACHABLE', 'Whose token this is cannot be looked up now.', {
    fix: 'Try again in a moment; /readyz and the log say what PostgreSQL lacks.',
    cause,
  });

export const unauthorised = (message: string) =>
  new DriftloopError('DL_UNAUTHORISED', message, {
    fix: 'Send `Authorization: Bearer TOKEN` with one that "driftloop token create" printed; `dev` keeps its own in .driftloop/dev.json.',
  });

/** @throws DL_UNAUTHORISED where the Authorization header carries no token, and what `recognise` throws */
export async function recogniseBearer(
  { recognise }: Pick<Doorkeeper, 'recognise'>,
  header: string | undefined,
): Promise<Visitor> {
  const secret = bearerOf(header);
  if (secret === undefined) throw unauthorised('This door asks for a bearer token.');
  return recognise(secret);
}

/** The token of an Authorization header, or undefined where it carries none. */
export const bearerOf = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];

/** The same refusal is told once in this time, with how often it came since: a log that nobody can flood. */
const TELL_AGAIN_MS = 60_000;
/** And in that time never more rows than this. */
const TOLD_AT_MOST = 100;

function createTeller({ audit, clock }: Pick<DoorkeeperParts, 'audit' | 'clock'>) {
  let from = 0;
  let told = new Map<string, number>();
  let before = new Map<string, number>();
  return async (refusal: Refusal): Promise<void> => {
    const now = clock();
    if (now - from >= TELL_AGAIN_MS) [from, before, told] = [now, told, new Map<string, number>()];
    const key = JSON.stringify([refusal.by, refusal.model, refusal.subject, refusal.refused]);
    const times = told.get(key) ?? 0;
    if (times === 0 && told.size >= TOLD_AT_MOST) return;
    told.set(key, times + 1);
    if (times > 0) return;
    const more = (before.get(key) ?? 1) - 1;
    const details = more === 0 ? null : { untold: more };
    // It is refused whether or not it can be written down.
    await audit.append({ action: 'access', ...refusal, details }).catch(() => {});
  };
}
