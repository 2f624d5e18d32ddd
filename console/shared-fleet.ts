import type { Gather } from './gather.ts';
import type { ModelView } from './model-view.ts';

export type SharedFleet = ReturnType<typeof shareFleet>;

/**
 * The fleet as it was gathered last: one gathering for every page, for its rail and for the stream that says what has
 * changed. While somebody listens to that, pages hardly ever look at the services by themselves.
 */
export function shareFleet(gather: Pick<Gather, 'fleet' | 'model'>, clock: () => number) {
  let last: { at: number; views: Promise<ModelView[]> } | null = null;

  /** As it is now; who asks next takes it too. */
  function now(): Promise<ModelView[]> {
    const views = gather.fleet();
    const looked = { at: clock(), views };
    last = looked;
    views.catch(() => {
      if (last === looked) last = null;
    });
    return views;
  }
  const known = (ms: number) => (last !== null && clock() - last.at < ms ? last.views : null);

  return {
    now,
    /** As it was at most `ms` ago. */
    within: (ms: number): Promise<ModelView[]> => known(ms) ?? now(),
    /** One model, out of the fleet where that is new enough. Throws DL_UNKNOWN_MODEL. */
    async model(name: string, ms: number): Promise<ModelView> {
      const views = await known(ms);
      return views?.find((view) => view.name === name) ?? gather.model(name);
    },
    /** After something was done: the next page shows what came of it. */
    forget(): void {
      last = null;
    },
  };
}

/** How old the rail beside a page may be, whatever the page is about. */
export const railMs = 5_000;
