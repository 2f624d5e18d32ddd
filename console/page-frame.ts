import type { Context } from 'hono';
import { getCookie } from 'hono/cookie';
import { mayDo } from '../domain/person.ts';
import type { ModelView } from './model-view.ts';
import type { Frame, Links, Place, Reader } from './pages/layout.tsx';
import { waiting } from './sentences.ts';
import type { ConsoleEnv } from './session.ts';
import { isZone } from './times.ts';
import type { Clock } from './times.ts';

export type PageContext = Context<ConsoleEnv>;
type C = PageContext;

/** Who reads the page. */
export const readerOf = (c: C): Reader => ({ person: c.get('person'), csrf: c.get('session')?.csrf ?? '' });

/** Those models that the reader may see. */
export const seenBy = (c: C, views: readonly ModelView[]) =>
  views.filter(({ name }) => mayDo(c.get('person'), 'view', name));

/** What stands around a page: the rail with the models, the tabs, the reader. */
export function frameOf(
  c: C,
  views: readonly ModelView[],
  current: ModelView | null,
  { links, refreshMs }: { links: Links; refreshMs: number },
  place: Place | null = null,
): Frame {
  return {
    models: views.map((given) => {
      const view = given.name === current?.name ? current : given;
      return { name: view.name, word: view.health.word, waiting: waiting(view).length };
    }),
    current: current?.name ?? null,
    place,
    reader: readerOf(c),
    links,
    refreshMs,
  };
}

/** The reader's clock: the browser tells its zone in a cookie. */
export function clockOf(c: C, now: number): Clock {
  const zone = getCookie(c, 'driftloop_zone') ?? 'UTC';
  return { now, zone: isZone(zone) ? zone : 'UTC' };
}
