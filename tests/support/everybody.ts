import { everyModel, roles } from '../../domain/person.ts';
import type { Role } from '../../domain/person.ts';
import type { Trigger } from '../../domain/run.ts';
import type { TokenStore } from '../../domain/tokens.ts';

/** Whoever may stand at a door, by what they bring. */
export const comers = [
  'nobody',
  'garbage',
  'expired',
  'revoked',
  'installation',
  ...roles,
  'admin of another model',
] as const;
export type Comer = (typeof comers)[number];

/** A token of every kind; `undefined` is none. */
export async function makeEverybody(
  tokens: TokenStore,
  installation: string,
): Promise<Record<Comer, string | undefined>> {
  const make = (name: string, role: Role, model = everyModel, expiresAt: string | null = null) =>
    tokens.create({ name, grants: [{ role, model }], expiresAt, by: 'bob', via: 'local' });
  const revoked = await make('rex', 'admin');
  await tokens.revoke(revoked.token.id, { by: 'bob', via: 'local' });
  const ofRoles = await Promise.all(
    roles.map(async (role) => [role, (await make(`the ${role}`, role)).secret] as const),
  );
  return {
    ...(Object.fromEntries(ofRoles) as Record<Role, string>),
    nobody: undefined,
    garbage: 'dlt_000000000000_garbage',
    expired: (await make('eve', 'admin', everyModel, '2026-01-01T00:00:00.000Z')).secret,
    revoked: revoked.secret,
    installation,
    'admin of another model': (await make('olga', 'admin', 'another')).secret,
  };
}

/** A run that bob has asked for, by hand. */
export const askedByBob = {
  kind: 'manual',
  firedAt: '2026-03-02T00:00:00.000Z',
  reason: 'asked',
  by: 'bob',
} as const satisfies Trigger;
