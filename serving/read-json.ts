import type { Context } from 'hono';
import { DriftloopError } from '../domain/errors.ts';

/** The body of a request. Throws DL_BODY_NOT_JSON. */
export async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new DriftloopError('DL_BODY_NOT_JSON', `The body is not JSON: ${error.message}`, {
      fix: 'Send a JSON body; NaN and Infinity are not JSON, write null for a missing value.',
      cause: error,
    });
  }
}
