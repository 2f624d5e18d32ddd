import { milliseconds } from './duration.ts';
import { DriftloopError } from './errors.ts';
import type { Grant, Person } from './person.ts';

/** A bearer token of a person or a program, without its secret. */
export type Token = Readonly<{
  id: string;
  /** Whose it is. */
  name: string;
  grants: readonly Grant[];
  createdBy: string;
  createdAt: string;
  /** Null: never. */
  expiresAt: string | null;
  revokedAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
}>;

type By = Readonly<{ by: string; via: Person['via'] }>;

/** Tokens, of whose secrets only the hash is kept. Making and revoking one stands in the audit log with it. */
export interface TokenStore {
  /** The secret is in the answer and nowhere else. */
  create(token: Pick<Token, 'name' | 'grants' | 'expiresAt'> & By): Promise<{ token: Token; secret: string }>;
  /** Newest first. */
  list(): Promise<Token[]>;
  get(id: string): Promise<Token | null>;
  /** The token of a secret, expired and revoked ones too; null where there is none. */
  find(secret: string): Promise<Token | null>;
  /** Safe to repeat. Throws DL_UNKNOWN_TOKEN. */
  revoke(id: string, by: By): Promise<Token>;
  used(id: string): Promise<void>;
}

/** When a token ends that is made now: `lifetime` is a duration, or `never`, which is null. RFC 3339. */
export const expiryOf = (lifetime: string, now: number): string | null =>
  lifetime === 'never' ? null : new Date(now + milliseconds(lifetime)).toISOString();

/**
 * Whose token it is.
 *
 * @throws DL_TOKEN_REVOKED, DL_TOKEN_EXPIRED
 */
export function holderOf({ id, name, grants, expiresAt, revokedAt }: Token, now: number): Person {
  if (revokedAt !== null)
    throw new DriftloopError('DL_TOKEN_REVOKED', `Token ${id} of ${name} was revoked at ${revokedAt}.`, {
      fix: `Ask an admin for another: driftloop token create ${JSON.stringify(name)} --role …`,
    });
  if (expiresAt !== null && now >= Date.parse(expiresAt))
    throw new DriftloopError('DL_TOKEN_EXPIRED', `Token ${id} of ${name} expired at ${expiresAt}.`, {
      fix: `Ask an admin for another: driftloop token create ${JSON.stringify(name)} --role …`,
    });
  return { name, via: 'token', grants };
}
