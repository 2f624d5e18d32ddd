import { DriftloopError } from '../../domain/errors.ts';

/** Asks a model server at one of its doors; what it answers as JSON, null where that is nothing. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<unknown>;

/** Each throws `DL_MODEL_SERVER_UNREACHABLE` and `DL_MODEL_SERVER_REFUSED`. */
export function asking(url: string, timeoutMs: number): Ask {
  const base = url.replace(/\/+$/, '');
  return async (method, path, body) => {
    let answer: Response;
    try {
      answer = await fetch(`${base}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined
          ? {}
          : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw unreachable(base, cause);
    }
    const text = await answer.text();
    if (!answer.ok) throw refused(`${base}${path}`, answer.status, text);
    try {
      return text === '' ? null : JSON.parse(text);
    } catch {
      // NaN is no JSON, and some servers write it.
      throw refused(`${base}${path}`, answer.status, `no JSON: ${text}`);
    }
  };
}

const unreachable = (base: string, cause: unknown) =>
  new DriftloopError('DL_MODEL_SERVER_UNREACHABLE', `The model server at ${base} does not answer.`, {
    fix: 'Start it, or correct trainer.server.url in the config.',
    retryable: true,
    cause,
  });

const LONGEST = 300;

/** It answered, and not as it should have. */
export function refused(at: string, status: number, text: string): DriftloopError {
  const said = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return new DriftloopError(
    'DL_MODEL_SERVER_REFUSED',
    `The model server answered ${at} with ${status}: ${said || 'nothing'}`,
    {
      fix: 'Its own log says more; docs/trainers.md has what it needs to find in an artifact.',
      retryable: status >= 500,
    },
  );
}

/** Whether a door opens: false where the server refuses. */
export const opens = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    (error: unknown) => {
      if (error instanceof DriftloopError && error.code === 'DL_MODEL_SERVER_REFUSED') return false;
      throw error;
    },
  );
