import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { roleMetrics } from '../domain/role-metrics.ts';
import { armsOf, isCompared } from './choose-arm.ts';
import type { RouteFollower } from './follow-routes.ts';
import type { SpoolStanding } from './spool/spooled-log.ts';

/** What the model server counts. Give each server its own registry. */
export function createServingMetrics(namespace: string, registry: Registry = new Registry()) {
  registry.setDefaultLabels({ namespace });
  const registers = [registry];
  const {
    requests,
    requestSeconds,
    instances,
    trialUnits,
    invalidOutputs,
    shadowDropped,
    batchRows,
    feedback,
  } = roleMetrics;
  return {
    registry,
    requests: new Counter({ ...named(requests), registers }),
    requestSeconds: new Histogram({
      ...named(requestSeconds),
      buckets: [...requestSeconds.buckets],
      registers,
    }),
    instances: new Counter({ ...named(instances), registers }),
    trialUnits: new Counter({ ...named(trialUnits), registers }),
    invalidOutputs: new Counter({ ...named(invalidOutputs), registers }),
    shadowDropped: new Counter({ ...named(shadowDropped), registers }),
    batchRows: new Histogram({ ...named(batchRows), buckets: [...batchRows.buckets], registers }),
    feedback: new Counter({ ...named(feedback), registers }),
  };
}

const named = <L extends string>({
  name,
  help,
  labels,
}: {
  name: string;
  help: string;
  labels: readonly L[];
}) => ({
  name,
  help,
  labelNames: labels,
});

export type ServingMetrics = ReturnType<typeof createServingMetrics>;

/** A gauge that is read at every scrape, so that it cannot be out of step with what it says. */
const gaugeIn =
  ({ registry }: ServingMetrics) =>
  <L extends string>(
    metric: { name: string; help: string; labels: readonly L[] },
    read: (set: (labels: Record<L, string>, value: number) => void) => void,
  ) =>
    new Gauge({
      ...named(metric),
      registers: [registry],
      collect() {
        this.reset();
        read((labels, value) => this.set(labels, value));
      },
    });

/** What waits on the disk. */
export function exportSpool(metrics: ServingMetrics, standing: () => SpoolStanding): void {
  const gauge = gaugeIn(metrics);
  gauge(roleMetrics.spooledMessages, (set) => set({}, standing().messages));
  gauge(roleMetrics.spoolUsed, (set) => set({}, standing().used));
}

/** What is in service. */
export function exportRoutes(metrics: ServingMetrics, follower: RouteFollower): void {
  const gauge = gaugeIn(metrics);
  gauge(roleMetrics.routeGeneration, (set) => {
    for (const [model, { serving }] of follower.states())
      if (serving !== null) set({ model }, serving.route.generation);
  });
  gauge(roleMetrics.routeStuck, (set) => {
    for (const [model, { pending, behind }] of follower.states())
      set({ model }, pending?.problem || behind !== null ? 1 : 0);
  });
  gauge(roleMetrics.versionLoaded, (set) => {
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
  });
  gauge(roleMetrics.backendInfo, (set) => set({ backend: follower.backend() }, 1));
}

/** A counter that begins at its first event hides that event from `increase`: routed versions begin at zero. */
export function beginAtZero(
  { requests, trialUnits, invalidOutputs, shadowDropped }: ServingMetrics,
  follower: RouteFollower,
): void {
  for (const [model, { serving }] of follower.states()) {
    if (serving === null) continue;
    for (const { version, arm } of armsOf(serving.route)) {
      for (const code of ['200', '500', '503']) requests.inc({ model, version, arm, code }, 0);
      invalidOutputs.inc({ model, version, arm }, 0);
      if (serving.config.entity !== undefined && isCompared(arm)) trialUnits.inc({ model, version, arm }, 0);
      if (arm === 'shadow') shadowDropped.inc({ model, version }, 0);
    }
  }
}
