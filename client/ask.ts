import { pauseBefore } from './pause-before.ts';
import { parsed, refusalOf, RequestFailed } from './request-failed.ts';
import type { ClientOptions } from './types.ts';

/** Posts JSON until it is answered, or fails for good. Throws `RequestFailed`, or the reason of the signal. */
export type Ask = (path: string, body: unknown, signal?: AbortSignal) => Promise<Answered>;
export type Answered = { status: number; body: unknown };

export function createAsk(options: ClientOptions): Ask {
  const { timeoutMs = 10_000, retries = 3, maxPauseMs = 5_000 } = options;
  const address = options.server.replace(/\/+$/, '');
  const send = options.fetch ?? ((url: string, init: RequestInit) => fetch(url, init));

  /** One attempt: an answer, or why there is none. */
  async function attempt(
    path: string,
    body: string,
    signal?: AbortSignal,
  ): Promise<Answered | RequestFailed> {
    const token = typeof options.token === 'string' ? options.token : await options.token();
    const late = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await send(address + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body,
        signal: signal === undefined ? late : AbortSignal.any([late, signal]),
      });
      const text = await answer.text();
      if (!answer.ok) return refusalOf(path, answer, text, Date.now());
      const value = parsed(text);
      return value === undefined
        ? unexpected(path, answer.status, text)
        : { status: answer.status, body: value };
    } catch (cause) {
      signal?.throwIfAborted();
      return late.aborted ? tooLate(address + path, timeoutMs, cause) : unreachable(address, cause);
    }
  }

  return async (path, body, signal) => {
    // Written once: every attempt says the same.
    const text = JSON.stringify(body);
    for (let times = 0; ; times += 1) {
      signal?.throwIfAborted();
      const answered = await attempt(path, text, signal);
      if (!(answered instanceof RequestFailed)) return answered;
      const pause = pauseBefore(times, answered, { retries, maxPauseMs, chance: Math.random() });
      if (pause === null) throw answered;
      await sleep(pause, signal);
    }
  };
}

export const unexpected = (path: string, status: number, said: string): RequestFailed =>
  new RequestFailed(
    'DL_ANSWER_UNEXPECTED',
    `${path} answered ${status} with ${said.slice(0, 200) || 'nothing'}.`,
    {
      fix: 'Give the client the address of a Driftloop server; another program answers at this one.',
      status,
    },
  );

const tooLate = (url: string, timeoutMs: number, cause: unknown) =>
  new RequestFailed('DL_REQUEST_TIMEOUT', `${url} has not answered within ${timeoutMs} ms.`, {
    fix: 'Try again, or give the client a larger timeoutMs.',
    status: null,
    cause,
  });

const unreachable = (address: string, cause: unknown) =>
  new RequestFailed('DL_SERVER_UNREACHABLE', `${address} does not answer: ${String(cause)}.`, {
    fix: 'See that `driftloop server` runs and that this is its address.',
    status: null,
    cause,
  });

/** Ends early with the signal: what it was for is asked no more, and says so itself. */
function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
    function end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    }
  });
}
