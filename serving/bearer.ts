import type { MiddlewareHandler } from 'hono';
import { recogniseBearer } from '../domain/doorkeeper.ts';
import type { Doorkeeper } from '../domain/doorkeeper.ts';
import type { Person } from '../domain/person.ts';

export type ServingEnv = { Variables: { person: Person } };

/** Lets a request through that carries a token in its Authorization header; whose it is, is known from there on. */
export function requireBearer(doorkeeper: Pick<Doorkeeper, 'recognise'>): MiddlewareHandler<ServingEnv> {
  return async (c, next) => {
    const { person } = await recogniseBearer(doorkeeper, c.req.header('authorization'));
    c.set('person', person);
    await next();
  };
}
