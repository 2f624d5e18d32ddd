import type { MiddlewareHandler } from 'hono';
import { bearerOf, unauthorised } from '../domain/doorkeeper.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import type { Person } from '../domain/person.ts';

export type ServingEnv = { Variables: { person: Person } };

/** Lets a request through that carries a token in its Authorization header; whose it is, is known from there on. */
export function requireBearer({ recognise }: Pick<Doorkeeper, 'recognise'>): MiddlewareHandler<ServingEnv> {
  return async (c, next) => {
    const secret = bearerOf(c.req.header('authorization'));
    if (secret === undefined) throw unauthorised('This door asks for a bearer token.');
    const { person } = await recognise(secret);
    c.set('person', person);
    await next();
  };
}
