import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { DriftloopError } from '../domain/errors.ts';

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Whether two secrets are the same, in a time that says nothing about where they differ or how long they are. */
export const isSameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(digest(given), digest(expected));

/** Lets a request through that carries the token in its Authorization header. */
export function requireBearer(token: string): MiddlewareHandler {
  if (token === '') throw new RangeError('a server without a token would be open to everybody');
  return async (c, next) => {
    const [, given] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
    if (given === undefined || !isSameSecret(given, token)) {
      throw new DriftloopError(
        'DL_UNAUTHORISED',
        given === undefined ? 'This door asks for a bearer token.' : 'The bearer token is not the right one.',
        {
          fix: 'Send `Authorization: Bearer $DRIFTLOOP_TOKEN`; `dev` keeps its token in .driftloop/dev.json.',
          status: 401,
        },
      );
    }
    await next();
  };
}
