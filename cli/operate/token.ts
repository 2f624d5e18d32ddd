import { everyModel, isSamePerson, refuseUnfitName } from '../../domain/person.ts';
import type { Role } from '../../domain/person.ts';
import { expiryOf } from '../../domain/tokens.ts';
import type { Token } from '../../domain/tokens.ts';
import type { Installation } from './installation.ts';

/** `expires` is a duration, such as `30d`, or `never`. */
export type TokenWish = { roles: readonly Role[]; models?: readonly string[]; expires: string };

const people = { right: 'people', model: everyModel } as const;

/** Bearer tokens of people and programs: what they may do, until when. */
export const tokensOf = ({ stores, admit }: Installation) => ({
  /** The secret is kept nowhere and comes only here. */
  async create(name: string, { roles, models, expires }: TokenWish): Promise<Token & { secret: string }> {
    refuseUnfitName(name);
    const { name: by, via } = await admit(people);
    for (const model of models ?? []) await stores.models.get(model);
    const grants = roles.flatMap((role) => (models ?? [everyModel]).map((model) => ({ role, model })));
    const expiresAt = expiryOf(expires, Date.now());
    const { token, secret } = await stores.tokens.create({ name: name.trim(), grants, expiresAt, by, via });
    return { ...token, secret };
  },

  /** Without their secrets, the newest first. */
  async list(): Promise<Token[]> {
    await admit(people);
    return stores.tokens.list();
  },

  /** One token by its id, or every token of somebody. */
  async revoke(which: string): Promise<Token[]> {
    const { name: by, via } = await admit(people);
    const ofPerson = (await stores.tokens.list())
      .filter(({ name, revokedAt }) => revokedAt === null && isSamePerson(name, which))
      .map(({ id }) => id);
    const revoked: Token[] = [];
    for (const id of ofPerson.length === 0 ? [which] : ofPerson)
      revoked.push(await stores.tokens.revoke(id, { by, via }));
    return revoked;
  },
});
