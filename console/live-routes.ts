import { setTimeout as sleep } from 'node:timers/promises';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { mayDo } from '../domain/person.ts';
import type { ModelView } from './model-view.ts';
import type { ConsoleEnv } from './session.ts';
import type { SharedFleet } from './shared-fleet.ts';

export type LiveParts = {
  fleet: Pick<SharedFleet, 'now'>;
  /** How often the services are looked at while somebody listens. */
  refreshMs: number;
  /** Streams end with it, so that nobody waits for readers when the console stops. */
  ending?: AbortSignal;
};

/** Without a change a reader hears the beat so many looks apart, and asks then for what is in no view of a model. */
const LOOKS_A_BEAT = 5;
/** Then the browser connects again, and is asked again who it is. */
const LASTS_MS = 5 * 60_000;

/**
 * `GET /live`: server-sent events that say which models have changed. They carry no data: a page that hears of a change
 * asks for itself again, with the rights of its reader. However many readers listen, the services are looked at
 * once, and the pages that they ask for show what that look saw.
 */
export function createLiveRoutes({ fleet, refreshMs, ending }: LiveParts): Hono<ConsoleEnv> {
  const watch = watchFleet(fleet, refreshMs);
  const app = new Hono<ConsoleEnv>();
  app.get('/live', (c) => {
    const person = c.get('person');
    return streamSSE(c, async (stream) => {
      const over = new AbortController();
      const end = () => over.abort();
      const leave = watch.listen((models) => {
        const seen = models.filter((name) => mayDo(person, 'view', name));
        if (seen.length > 0) void stream.writeSSE({ event: 'changed', data: JSON.stringify(seen) });
      });
      stream.onAbort(end);
      ending?.addEventListener('abort', end);
      if (ending?.aborted) end();
      try {
        const until = performance.now() + LASTS_MS;
        while (performance.now() < until && !over.signal.aborted) {
          await stream.writeSSE({ event: 'beat', data: '' });
          await sleep(refreshMs * LOOKS_A_BEAT, undefined, { signal: over.signal, ref: false }).catch(
            () => {},
          );
        }
      } finally {
        leave();
        ending?.removeEventListener('abort', end);
      }
    });
  });
  return app;
}

type Listener = (models: readonly string[]) => void;

/** Looks at every model in turn while somebody listens, and says which of them are not as they were. */
function watchFleet(fleet: LiveParts['fleet'], everyMs: number) {
  const listeners = new Set<Listener>();
  let isLooking = false;
  const look = async () => {
    isLooking = true;
    let known: ReadonlyMap<string, string> | null = null;
    while (listeners.size > 0) {
      // A service that is away is no change; it is looked at again.
      const fresh = await fleet.now().then(faces, () => null);
      if (known !== null && fresh !== null) {
        const changed = changedIn(known, fresh);
        if (changed.length > 0) for (const listener of listeners) listener(changed);
      }
      known = fresh ?? known;
      await sleep(everyMs, undefined, { ref: false });
    }
    isLooking = false;
  };
  return {
    /** Returns how to stop listening. */
    listen(listener: Listener): () => void {
      listeners.add(listener);
      if (!isLooking) void look();
      return () => listeners.delete(listener);
    },
  };
}

/** What each model looks like, without the time of the look. */
const faces = (views: readonly ModelView[]): ReadonlyMap<string, string> =>
  new Map(views.map((view) => [view.name, JSON.stringify({ ...view, at: null })]));

const changedIn = (known: ReadonlyMap<string, string>, fresh: ReadonlyMap<string, string>): string[] =>
  [...new Set([...known.keys(), ...fresh.keys()])].filter((name) => known.get(name) !== fresh.get(name));
