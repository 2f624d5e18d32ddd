import { DriftloopError } from '../../domain/errors.ts';
import { refuseUnfitName } from '../../domain/person.ts';
import type { Person } from '../../domain/person.ts';
import type { OidcSettings } from './settings.ts';

export type Claims = Readonly<Record<string, unknown>>;

/**
 * Whom a provider describes, and what they may do here.
 *
 * @throws DL_LOGIN_FAILED without a name to stand in the log, DL_LOGIN_WITHOUT_ROLE, DL_NAME_UNFIT
 */
export function readClaims(
  claims: Claims,
  { nameClaim, rolesClaim, grants }: Pick<OidcSettings, 'nameClaim' | 'rolesClaim' | 'grants'>,
): Person {
  const name = claims[nameClaim];
  if (typeof name !== 'string' || name.trim() === '')
    throw new DriftloopError('DL_LOGIN_FAILED', `Your login says no "${nameClaim}" of you.`, {
      fix: `Let the provider release it, or name another claim in DRIFTLOOP_OIDC_NAME_CLAIM (it says ${Object.keys(claims).join(', ')}).`,
    });
  if (nameClaim === 'email' && claims['email_verified'] === false)
    throw new DriftloopError('DL_LOGIN_FAILED', `Your login has not verified that ${name} is you.`, {
      fix: 'Verify the address there, and log in again.',
    });
  refuseUnfitName(name);
  const theirs = [claims[rolesClaim]].flat().flatMap((group) => grants.get(String(group)) ?? []);
  if (theirs.length > 0) return { name: name.trim(), via: 'oidc', grants: theirs };
  throw new DriftloopError(
    'DL_LOGIN_WITHOUT_ROLE',
    `Your login knows you as ${name}, and nothing in "${rolesClaim}" is a role here.`,
    { fix: 'Ask an admin to map one of your groups in DRIFTLOOP_OIDC_ROLES, or to add you to one that is.' },
  );
}
