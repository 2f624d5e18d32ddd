import { bodyLimit } from 'hono/body-limit';
import type { Context, MiddlewareHandler } from 'hono';

/**
 * Refuses bodies of more than so many bytes. One that says its length is judged by that alone, since HTTP reads no more
 * of it: looking at the body itself, as Hono's own limit does first, builds a web stream for every request, which costs
 * more than all else that a small prediction needs.
 */
export function limitBody(maxBytes: number, onTooLarge: (c: Context) => Response): MiddlewareHandler {
  const counting = bodyLimit({ maxSize: maxBytes, onError: onTooLarge });
  return async (c, next) => {
    const { headers } = c.req.raw;
    const length = headers.get('content-length');
    if (length === null || headers.has('transfer-encoding')) return await counting(c, next);
    return Number(length) > maxBytes ? onTooLarge(c) : await next();
  };
}
