import { sayGrants } from '../../console/settings-sentences.ts';
import type { Role } from '../../domain/person.ts';
import type { Token } from '../../domain/tokens.ts';
import { table } from '../output.ts';
import type { Answer } from '../output.ts';
import { withDriftloop } from '../wiring.ts';

export type TokenOptions = { role: Role[]; model?: string[]; expires: string };

export async function createToken(
  name: string,
  { role: roles, model, expires }: TokenOptions,
): Promise<Answer> {
  return withDriftloop(async ({ token: noun }) => {
    const token = await noun.create(name, {
      roles,
      expires,
      ...(model === undefined ? {} : { models: model }),
    });
    const { expiresAt, secret } = token;
    return {
      json: token,
      text: [
        `${token.name} may act as ${sayGrants(token.grants)}${expiresAt === null ? '' : `, until ${expiresAt}`}.`,
        'The token is kept nowhere and is not shown again:',
        secret,
      ].join('\n'),
      next: `driftloop token revoke ${token.id}   (takes it back)`,
    };
  });
}

export async function listTokens(): Promise<Answer> {
  return withDriftloop(async ({ token: noun }) => {
    const tokens = await noun.list();
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
                sayGrants(token.grants),
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
  return withDriftloop(async ({ token: noun }) => {
    const revoked = await noun.revoke(which);
    return {
      json: revoked,
      text: revoked.map(({ id, name }) => `Token ${id} of ${name} is revoked.`).join('\n'),
      next: 'driftloop token list',
    };
  });
}

function stateOf({ expiresAt, revokedAt }: Token): string {
  if (revokedAt !== null) return `revoked at ${revokedAt}`;
  if (expiresAt === null) return 'good for ever';
  return Date.parse(expiresAt) <= Date.now() ? `expired at ${expiresAt}` : `good until ${expiresAt}`;
}
