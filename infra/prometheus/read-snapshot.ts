import type { AuditLog } from '../../domain/audit.ts';
import type { IngestStore, TotalsStore } from '../../domain/ingest-ports.ts';
import type { RouteStore, VersionStore } from '../../domain/ports.ts';
import { stretchesOf } from '../../monitors/as-happened.ts';
import type { MetricsSnapshot, ModelSnapshot } from '../../monitors/metrics/metrics-snapshot.ts';
import { samplesOf } from '../../monitors/metrics/samples.ts';
import type { SampleSource } from './exporter.ts';

export type MetricsStores = Readonly<{
  totals: Pick<TotalsStore, 'totals' | 'partitions' | 'standings' | 'happened'>;
  ingest: Pick<IngestStore, 'catalogue'>;
  versions: Pick<VersionStore, 'list'>;
  routes: Pick<RouteStore, 'list'>;
  audit: Pick<AuditLog, 'drills'>;
}>;

export type MetricsScope = Readonly<{ namespace: string }>;

/** Everything that a scrape is told, from the stores. */
export async function readMetricsSnapshot(
  { totals, ingest, versions, routes, audit }: MetricsStores,
  { namespace }: MetricsScope,
): Promise<MetricsSnapshot> {
  // Totals first: whatever version they count is then known, and begins with all of its zeros.
  const counted = await totals.totals();
  const [partitions, standings, catalogue, allRoutes, drills] = await Promise.all([
    totals.partitions(),
    totals.standings(),
    ingest.catalogue(),
    routes.list(),
    audit.drills(),
  ]);
  const nowMs = Date.now();
  const stretches = Object.entries(catalogue.models).flatMap(([model, { config }]) =>
    stretchesOf(config).map((stretch) => ({ model, stretch })),
  );
  const sums = await totals.happened(
    stretches.map(({ model, stretch: { windowMs, lagMs } }) => ({
      model,
      fromMs: nowMs - lagMs - windowMs,
      toMs: nowMs - lagMs,
    })),
  );
  const models = await Promise.all(
    Object.entries(catalogue.models).map(
      async ([name, { config, references, estimators }]): Promise<ModelSnapshot> => ({
        config,
        references,
        estimators,
        happened: stretches.flatMap(({ model, stretch }, i) =>
          model === name ? [{ stretch, sums: sums[i]! }] : [],
        ),
        standing: standings.find((standing) => standing.model === name) ?? null,
        route: allRoutes.find((route) => route.model === name) ?? null,
        drill: drills.find((drill) => drill.model === name) ?? null,
        versions: await versions.list(name),
      }),
    ),
  );
  return { namespace, seriesPerModel: catalogue.seriesPerModel, totals: counted, partitions, models };
}

/** The source of an exporter over the stores: every look is a new one. */
export const storeSamples =
  (stores: MetricsStores, scope: MetricsScope): SampleSource =>
  async () =>
    samplesOf(await readMetricsSnapshot(stores, scope));
