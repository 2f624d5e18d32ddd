import type { Person } from './person.ts';

/** Somebody who is logged in with a browser. */
export type LoggedIn = Readonly<{
  person: Person;
  /** The token that it began with; the session ends when that is revoked or expires. */
  tokenId: string | null;
  /** RFC 3339. */
  expiresAt: string;
}>;

/** Sessions of browsers, by a name that only the browser knows: kept are hashes. Both ends are in the audit log. */
export interface SessionStore {
  begin(name: string, session: LoggedIn): Promise<void>;
  /** Null where there is none (any more): ended, expired, or its token was revoked or expired. */
  find(name: string, now: number): Promise<LoggedIn | null>;
  /** Safe to repeat: it ends, and is written down, once. */
  end(name: string, by: Pick<Person, 'name' | 'via'>): Promise<void>;
}
