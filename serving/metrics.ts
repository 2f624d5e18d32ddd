import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { servingMetrics } from '../domain/names.ts';
import type { RouteFollower } from './follow-routes.ts';

/** What the model server counts. Give each server its own registry. */
export function createServingMetrics(namespace: string, registry: Registry = new Registry()) {
  registry.setDefaultLabels({ namespace });
  const registers = [registry];
  const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  const requests = new Counter({
    name: servingMetrics.requests,
    help: 'Predict requests, by the version they were routed to and the HTTP status of the answer.',
    labelNames: ['model', 'version', 'code'] as const,
    registers,
  });
  const requestSeconds = new Histogram({
    name: servingMetrics.requestSeconds,
    help: 'From the arrival of a predict request to its answer.',
    labelNames: ['model', 'version'] as const,
    buckets: seconds,
    registers,
  });
  const instances = new Counter({
    name: servingMetrics.instances,
    help: 'Instances answered, by version.',
    labelNames: ['model', 'version'] as const,
    registers,
  });
  const batchRows = new Histogram({
    name: servingMetrics.batchRows,
    help: 'Rows of one call of the predictor.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers,
  });
  const feedback = new Counter({
    name: servingMetrics.feedback,
    help: 'Feedback items received, by what became of them.',
    labelNames: ['outcome'] as const,
    registers,
  });
  return { registry, requests, requestSeconds, instances, batchRows, feedback };
}

export type ServingMetrics = ReturnType<typeof createServingMetrics>;

/** Reads the follower at every scrape, so that a gauge cannot be out of step with what is in service. */
export function exportRoutes({ registry }: ServingMetrics, follower: RouteFollower): void {
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    read: (set: (labels: Record<L, string>, value: number) => void) => void,
  ) =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        read((labels, value) => this.set(labels, value));
      },
    });
  gauge(servingMetrics.routeGeneration, 'Generation of the route in service.', ['model'], (set) => {
    for (const [model, { serving }] of follower.states())
      if (serving !== null) set({ model }, serving.route.generation);
  });
  gauge(
    servingMetrics.routeStuck,
    '1 while the newest route of the store is not the one in service.',
    ['model'],
    (set) => {
      for (const [model, { pending, behind }] of follower.states())
        set({ model }, pending?.problem || behind !== null ? 1 : 0);
    },
  );
  gauge(
    servingMetrics.versionLoaded,
    '1 for a routed version that is loaded and warm.',
    ['model', 'version', 'role'],
    (set) => {
      const loaded = new Set(follower.loaded());
      for (const [model, { serving }] of follower.states()) {
        if (serving === null) continue;
        for (const role of ['champion', 'challenger'] as const) {
          const key = serving.keys[role];
          if (key === undefined) continue;
          const { version } = serving.route[role]!;
          set({ model, version, role }, loaded.has(key) ? 1 : 0);
        }
      }
    },
  );
  gauge(servingMetrics.backendInfo, '1 for the TensorFlow that answers.', ['backend'], (set) =>
    set({ backend: follower.backend() }, 1),
  );
}

/** A counter that begins at its first event hides that event from `increase`: routed versions begin at zero. */
export function beginAtZero({ requests }: ServingMetrics, follower: RouteFollower): void {
  for (const [model, { serving }] of follower.states())
    for (const routed of [serving?.route.champion, serving?.route.challenger])
      if (routed)
        for (const code of ['200', '500', '503']) requests.inc({ model, version: routed.version, code }, 0);
}
