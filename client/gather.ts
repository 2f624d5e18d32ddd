import { RequestFailed } from './request-failed.ts';

type Call<T, R> = {
  items: readonly T[];
  resolve: (results: R[]) => void;
  reject: (error: unknown) => void;
};

/** One result for each item, in their order. */
export type Send<T, R> = (items: readonly T[], signal: AbortSignal) => Promise<readonly R[]>;

/**
 * Joins calls that come close together into one request. It leaves when its window ends or when it is full; a call with
 * more items than fit goes in one piece. Where a joined request is refused for what stands in it, each call is sent
 * alone: one's mistake is not the others'. A call that is aborted is answered at once, and its request goes on while
 * anybody waits for it.
 */
export function createGathering<T, R>(
  send: Send<T, R>,
  { windowMs, maxItems, onIdle }: { windowMs: number; maxItems: number; onIdle: () => void },
) {
  let waiting: Call<T, R>[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const under = new Set<Promise<void>>();
  /** Requests under way, with the calls that still wait for each. */
  const heard = new Map<AbortController, Set<Call<T, R>>>();

  function leave(): void {
    clearTimeout(timer);
    timer = undefined;
    const calls = waiting;
    waiting = [];
    if (calls.length === 0) {
      if (under.size === 0) onIdle();
      return;
    }
    const request = sendTogether(calls).finally(() => {
      under.delete(request);
      if (under.size === 0 && waiting.length === 0) onIdle();
    });
    under.add(request);
  }

  async function sendTogether(calls: readonly Call<T, R>[]): Promise<void> {
    const abandoned = new AbortController();
    heard.set(abandoned, new Set(calls));
    try {
      const results = await send(
        calls.flatMap(({ items }) => items),
        abandoned.signal,
      );
      let from = 0;
      for (const { items, resolve } of calls) resolve(results.slice(from, (from += items.length)));
    } catch (error) {
      const isTheirs = error instanceof RequestFailed && !error.retryable;
      if (isTheirs && calls.length > 1) await Promise.all(calls.map((call) => sendTogether([call])));
      else for (const { reject } of calls) reject(error);
    } finally {
      heard.delete(abandoned);
    }
  }

  function forget(call: Call<T, R>): void {
    waiting = waiting.filter((one) => one !== call);
    for (const [request, calls] of heard) if (calls.delete(call) && calls.size === 0) request.abort();
  }

  return {
    call(items: readonly T[], signal?: AbortSignal): Promise<R[]> {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const size = waiting.reduce((sum, one) => sum + one.items.length, 0);
        if (size > 0 && size + items.length > maxItems) leave();
        const end = () => signal?.removeEventListener('abort', abort);
        const call: Call<T, R> = {
          items,
          resolve: (results) => (end(), resolve(results)),
          reject: (error) => (end(), reject(error)),
        };
        function abort() {
          forget(call);
          call.reject(signal!.reason);
        }
        signal?.addEventListener('abort', abort, { once: true });
        waiting.push(call);
        if (size + items.length >= maxItems) leave();
        else timer ??= setTimeout(leave, windowMs);
      });
    },
    /** Sends what waits; resolves when everything under way has been answered. */
    async flush(): Promise<void> {
      leave();
      await Promise.all(under);
    },
  };
}

export type Gathering<T, R> = ReturnType<typeof createGathering<T, R>>;
