import type { Log } from '../domain/log-events.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { Route } from '../domain/version.ts';
import type { Answerer } from './choose-arm.ts';
import { versionKey } from './loaded-versions.ts';
import type { LoadedVersions } from './loaded-versions.ts';
import type { RoutedModel } from './route-file.ts';

/** A model as this server answers for it now: its route, and the predictor's keys of the routed versions. */
export type Serving = RoutedModel & { keys: Readonly<Partial<Record<Answerer, string>>> };

/** What became of the newest route of a model. */
export type RouteState = {
  serving: Serving | null;
  /** The newest route that the store has shown, while it is not the one in service, and why not. */
  pending: { route: Route; problem: string | null; retryAt: number } | null;
  /** The store went back to this smaller generation; it is not followed. */
  behind: number | null;
};

/** What a server may say. */
export type ServingLog = Pick<Log, 'info' | 'warn' | 'error'>;

type Options = { versions: LoadedVersions; log: ServingLog; retryMs: number; clock: () => number };

/** The routes in service, by model, and the one way in which they change. */
export function createServedRoutes({ versions, log, retryMs, clock }: Options) {
  const states = new Map<string, RouteState>();
  const stateOf = (model: string): RouteState =>
    states.get(model) ?? { serving: null, pending: null, behind: null };

  /** Loads and warms beside what is in service, then swaps in one step. True when something changed. */
  async function bringIntoService(route: Route, config: ModelConfig, state: RouteState): Promise<boolean> {
    const before = state.pending?.problem ?? null;
    const { model, generation, champion, challenger } = route;
    states.set(model, { ...state, pending: { route, problem: before, retryAt: 0 } });
    try {
      const keys: Partial<Record<Answerer, string>> = {
        champion: await versions.load({ model, ...champion }),
      };
      // Nobody answers yet: the champion does not wait for a challenger, which may not even load.
      if (state.serving === null && challenger !== null)
        states.set(model, {
          serving: { config, route: { ...route, challenger: null }, keys: { ...keys } },
          pending: { route, problem: before, retryAt: 0 },
          behind: null,
        });
      if (challenger !== null) keys.challenger = await versions.load({ model, ...challenger });
      states.set(model, { serving: { config, route, keys }, pending: null, behind: null });
      log.info({ model, generation, champion, challenger }, 'a route is in service');
      return true;
    } catch (error) {
      const problem = sayError(error);
      if (before !== problem) log.error({ err: error, model, generation }, 'a route did not load');
      states.set(model, { ...stateOf(model), pending: { route, problem, retryAt: clock() + retryMs } });
      return stateOf(model).serving !== state.serving;
    } finally {
      versions.keep(keysInUse());
    }
  }

  /** What is in service, and what may be loaded already for a route that is still incomplete. */
  const keysInUse = () =>
    new Set(
      [...states.values()].flatMap(({ serving, pending }) => [
        ...Object.values(serving?.keys ?? {}),
        ...(pending === null ? [] : keysOf(pending.route)),
      ]),
    );

  const missingKeys = (serving: Serving | null) =>
    Object.values(serving?.keys ?? {}).filter((key) => !versions.isLoaded(key));

  return {
    /** A route was seen that others are loaded before: until its turn it is said to be on its way. */
    announce(route: Route): void {
      const { serving, pending } = stateOf(route.model);
      if (serving === null && pending === null)
        states.set(route.model, { serving, pending: { route, problem: null, retryAt: 0 }, behind: null });
    },
    /** Follows a route that was seen. True when what is in service changed. */
    async follow(route: Route, config: ModelConfig): Promise<boolean> {
      const state = stateOf(route.model);
      const inService = state.serving?.route;
      if (inService !== undefined && route.generation < inService.generation) {
        if (state.behind !== route.generation)
          log.warn(
            { model: route.model, serving: inService.generation, store: route.generation },
            'the store shows an older route than the one in service; it is not followed',
          );
        states.set(route.model, { ...state, behind: route.generation });
        return false;
      }
      const { pending } = state;
      const same = inService !== undefined && route.generation === inService.generation && pending === null;
      if (same && missingKeys(state.serving).length === 0) {
        const redeclared = JSON.stringify(config) !== JSON.stringify(state.serving!.config);
        states.set(route.model, { serving: { ...state.serving!, config }, pending: null, behind: null });
        return redeclared;
      }
      const resting = pending?.route.generation === route.generation && clock() < pending.retryAt;
      return resting ? false : bringIntoService(route, config, state);
    },
    /**
     * The route of a model, held for one request: its versions stay loaded until `release`. Undefined where no route
     * is in service.
     */
    acquire(model: string): { serving: Serving; release: () => void } | undefined {
      const { serving } = stateOf(model);
      if (serving === null) return undefined;
      return { serving, release: versions.use(Object.values(serving.keys)) };
    },
    stateOf,
    states: (): ReadonlyMap<string, RouteState> => states,
    inService: (): RoutedModel[] =>
      [...states.values()].flatMap(({ serving }) =>
        serving === null ? [] : [{ config: serving.config, route: serving.route }],
      ),
    /** Every routed version that could not answer now, with the reason. */
    notLoaded: (): string[] =>
      [...states.values()].flatMap(({ serving, pending }) => {
        const keys = serving === null && pending !== null ? keysOf(pending.route) : missingKeys(serving);
        const why = pending?.problem ? `: ${pending.problem}` : '';
        return keys.map((key) => `${key} is not loaded${why}`);
      }),
  };
}

export const sayError = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const keysOf = ({ model, champion, challenger }: Route): string[] =>
  [champion, ...(challenger === null ? [] : [challenger])].map((ref) => versionKey({ model, ...ref }));
