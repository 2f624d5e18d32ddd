import { createHash, timingSafeEqual } from 'node:crypto';
import os from 'node:os';
import { createDoorkeeper, localPerson } from '../domain/doorkeeper.ts';
import type { Doorkeeper, DoorkeeperParts } from '../domain/doorkeeper.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { Person, Right } from '../domain/person.ts';
import type { Stores } from '../infra/postgres/open-stores.ts';
import { isPersonal } from '../infra/postgres/token-store.ts';
import type { Environment } from './environment.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** The doorkeeper of an installation. In a time that says nothing about where two secrets differ or how long they are. */
export const openDoorkeeper = (
  { token, localUser }: Pick<Environment, 'token' | 'localUser'>,
  given: Pick<DoorkeeperParts, 'tokens' | 'audit'> & { rememberMs?: number },
): Doorkeeper =>
  createDoorkeeper({
    rememberMs: 0,
    ...given,
    isInstallation: (secret) => timingSafeEqual(digest(secret), digest(token)),
    localUser,
    clock: Date.now,
  });

/**
 * Who types a command, if they may: the person of DRIFTLOOP_TOKEN where that is a person's. Whoever has the
 * installation's own token and its database is an admin by nature, and stands in the log as the user of this machine.
 *
 * @param need left out where everybody who is known sees what is theirs
 * @throws DL_UNAUTHORISED, DL_TOKEN_EXPIRED, DL_TOKEN_REVOKED, DL_FORBIDDEN, DL_OTHER_MODEL
 */
export async function admitted(
  stores: Pick<Stores, 'tokens' | 'audit'>,
  environment: Pick<Environment, 'token' | 'localUser'>,
  need?: { right: Right; model: string },
): Promise<Person> {
  const { token, localUser } = environment;
  if (!isPersonal(token)) return localPerson(localUser ?? machineUser());
  // The variable holds a person's token here: nothing that is typed is the installation's own.
  const doorkeeper = createDoorkeeper({
    ...stores,
    isInstallation: () => false,
    localUser: null,
    rememberMs: 0,
    clock: Date.now,
  });
  const { person } = await doorkeeper.recognise(token);
  if (need !== undefined) await doorkeeper.admit(person, need.right, need.model);
  return person;
}

/** Who is logged in on this machine; a container may know no name. */
export function machineUser(): string {
  try {
    return os.userInfo().username;
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** A role carries the installation's token: with that of a person, their revocation would stop the loop. */
export function refusePersonal({ token }: Pick<Environment, 'token'>): void {
  if (!isPersonal(token)) return;
  throw new DriftloopError('DL_ENVIRONMENT_INVALID', 'DRIFTLOOP_TOKEN is the token of a person.', {
    fix: "Give the roles the installation's own, such as: openssl rand -base64 24",
  });
}
