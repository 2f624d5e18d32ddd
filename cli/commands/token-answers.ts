import { milliseconds } from '../../domain/duration.ts';
import { everyModel, isSamePerson, refuseUnfitName } from '../../domain/person.ts';
import type { Role } from '../../domain/person.ts';
import type { Token } from '../../domain/tokens.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';
import { actWithStores } from '../wiring.ts';

export type TokenOptions = { role: Role[]; model?: string[]; expires: string };

const people = { right: 'people', model: everyModel } as const;

export async function createToken(
  name: string,
  { role: roles, model: models, expires }: TokenOptions,
): Promise<Answer> {
  refuseUnfitName(name);
  return actWithStores(people, async ({ stores, person: { name: by, via } }) => {
    for (const model of models ?? []) await stores.models.get(model);
    const grants = roles.flatMap((role) => (models ?? [everyModel]).map((model) => ({ role, model })));
    const expiresAt = expires === 'never' ? null : new Date(Date.now() + milliseconds(expires)).toISOString();
    const { token, secret } = await stores.tokens.create({ name: name.trim(), grants, expiresAt, by, via });
    return {
      json: { ...token, secret },
      text: [
        `${token.name} may act as ${sayGrants(token)}${expiresAt === null ? '' : `, until ${expiresAt}`}.`,
        'The token is kept nowhere and is not shown again:',
        secret,
      ].join('\n'),
      next: `driftloop token revoke ${token.id}   (takes it back)`,
    };
  });
}

export async function listTokens(): Promise<Answer> {
  return actWithStores(people, async ({ stores }) => {
    const tokens = await stores.tokens.list();
    return {
      json: tokens,
      text:
        tokens.length === 0
          ? 'Nobody has a token yet.'
          : table([
              ['ID', 'NAME', 'MAY ACT AS', 'STATE', 'CREATED', 'BY', 'LAST USED'],
              ...tokens.map((token) => [
                token.id,
                token.name,
                sayGrants(token),
                stateOf(token),
                token.createdAt,
                token.createdBy,
                token.lastUsedAt ?? 'never',
              ]),
            ]),
      next: 'driftloop token create NAME --role ROLE',
    };
  });
}

export async function revokeTokens(which: string): Promise<Answer> {
  return actWithStores(people, async ({ stores, person: { name: by, via } }) => {
    const ofPerson = (await stores.tokens.list())
      .filter(({ name, revokedAt }) => revokedAt === null && isSamePerson(name, which))
      .map(({ id }) => id);
    const ids = ofPerson.length === 0 ? [which] : ofPerson;
    const revoked = [];
    for (const id of ids) revoked.push(await stores.tokens.revoke(id, { by, via }));
    return {
      json: revoked,
      text: revoked.map(({ id, name }) => `Token ${id} of ${name} is revoked.`).join('\n'),
      next: 'driftloop token list',
    };
  });
}

const sayGrants = ({ grants }: Token): string =>
  grants.map(({ role, model }) => (model === everyModel ? role : `${role} of ${model}`)).join(', ');

function stateOf({ expiresAt, revokedAt }: Token): string {
  if (revokedAt !== null) return `revoked at ${revokedAt}`;
  if (expiresAt === null) return 'good for ever';
  return Date.parse(expiresAt) <= Date.now() ? `expired at ${expiresAt}` : `good until ${expiresAt}`;
}
