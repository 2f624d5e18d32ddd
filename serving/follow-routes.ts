import type { ModelConfig } from '../domain/model-config.ts';
import type { ArtifactStore, ModelStore, Predictor, RouteStore } from '../domain/ports.ts';
import { createLoadedVersions } from './loaded-versions.ts';
import { createRouteFile } from './route-file.ts';
import { createServedRoutes, sayError } from './served-routes.ts';
import type { ServingLog } from './served-routes.ts';

export type RouteFollowerOptions = {
  routes: Pick<RouteStore, 'list'>;
  models: Pick<ModelStore, 'list'>;
  predictor: Predictor;
  artifacts: Pick<ArtifactStore, 'open'>;
  /** Where the last known routes are kept; null keeps none. */
  file: string | null;
  log: ServingLog;
  pollMs?: number;
  /** How long a route that did not load rests before it is tried again; a newer one is tried at once. */
  retryMs?: number;
  clock?: () => number;
  /** Called with a function that makes the follower look at once; returns how to end it. */
  subscribe?: (look: () => void) => () => void;
};

export type RouteFollower = ReturnType<typeof createRouteFollower>;

/**
 * Keeps a server in step with the route store. A new route is loaded and warmed beside the old one, then takes over
 * between two requests; requests that began on the old one end on it, and only then is it unloaded. A route whose
 * versions cannot be loaded leaves the old one in service and is tried again after a while. A smaller generation than
 * the one in service is never followed.
 */
export function createRouteFollower(options: RouteFollowerOptions) {
  const { predictor, log, pollMs = 1_000, retryMs = 5_000, clock = Date.now } = options;
  const versions = createLoadedVersions(options, (error) =>
    log.error({ err: error }, 'a version did not unload'),
  );
  const served = createServedRoutes({ versions, log, retryMs, clock });
  const file = options.file === null ? null : createRouteFile(options.file);
  const declared = new Map<string, ModelConfig>();
  let storeProblem: string | null = null;
  /** Whether the routes in service are not on disk yet, and whether that was said. */
  let unkept: 'unsaid' | 'said' | null = null;
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;
  const stopping = new AbortController();
  let looking: Promise<void> | null = null;
  let lookAgain = false;

  /** The routes of the store; where it does not answer, those in service, whose versions may need loading again. */
  async function seenRoutes() {
    try {
      const [models, routes] = await Promise.all([options.models.list(), options.routes.list()]);
      for (const { config } of models) declared.set(config.name, config);
      storeProblem = null;
      return routes;
    } catch (error) {
      const problem = sayError(error);
      // What is away at the start is said by whoever waits for it.
      if (storeProblem !== problem && started)
        log.warn({ err: error }, 'the route store does not answer; serving goes on');
      storeProblem = problem;
      return served.inService().map(({ route }) => route);
    }
  }

  async function look(): Promise<void> {
    let changed = false;
    const seen = (await seenRoutes()).flatMap((route) => {
      const config = declared.get(route.model);
      return config === undefined ? [] : [{ route, config }];
    });
    for (const { route } of seen) served.announce(route);
    for (const { route, config } of seen) changed = (await served.follow(route, config)) || changed;
    if (changed) unkept = 'unsaid';
    if (unkept === null || file === null) return;
    try {
      await file.write(served.inService());
      unkept = null;
    } catch (error) {
      // A full disk: serving goes on, and the next look tries again.
      if (unkept === 'unsaid') log.error({ err: error }, 'the last routes were not kept');
      unkept = 'said';
    }
  }

  /** One look at a time; a wish during a look is one more look after it. */
  function lookNow(): Promise<void> {
    lookAgain = true;
    looking ??= (async () => {
      while (lookAgain && !stopping.signal.aborted) {
        lookAgain = false;
        await look();
      }
    })().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function readFile(): Promise<void> {
    try {
      for (const { config, route } of (await file?.read()) ?? []) {
        declared.set(config.name, config);
        await served.follow(route, config);
      }
    } catch (error) {
      log.error({ err: error }, 'the last known routes were not read');
    }
  }

  function beat(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(() => void lookNow().finally(beat), pollMs);
  }

  return {
    /** Brings the last known routes into service, then the store's; goes on looking until `stop`. */
    async start(): Promise<void> {
      await readFile();
      await lookNow();
      started = true;
      beat();
      unsubscribe = options.subscribe?.(() => void lookNow());
    },
    /** Looks at the store now; resolves when what it shows is in service or has failed. */
    lookNow,
    async stop(): Promise<void> {
      stopping.abort();
      clearTimeout(timer);
      unsubscribe?.();
      await looking;
      await versions.settled();
    },
    acquire: served.acquire,
    stateOf: served.stateOf,
    states: served.states,
    /** Whether the model is declared, with or without a version that could answer. */
    isDeclared: (model: string) => declared.has(model),
    declared: () => [...declared.keys()],
    /** False while neither the store nor the last known routes have said anything: every model is unknown then. */
    hasRead: () => declared.size > 0 || storeProblem === null,
    /** Why the server is not ready: no store has answered yet, or a routed version is not loaded. Empty when ready. */
    unready(): string[] {
      if (!started) return ['the routes have not been read yet'];
      if (served.states().size === 0 && storeProblem !== null) return [`no route is known: ${storeProblem}`];
      return served.notLoaded();
    },
    settled: versions.settled,
    backend: () => predictor.backend,
    loaded: () => predictor.loaded(),
  };
}
