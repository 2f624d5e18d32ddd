import { samplesOf } from '../../monitors/metrics/samples.ts';
import type { MetricsSnapshot } from '../../monitors/metrics/metrics-snapshot.ts';
import type { SampleSource } from '../../infra/prometheus/exporter.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';

/** What a scrape is told, read from the database at one moment. */
export const metricsSource =
  (
    stores: Stores,
    { namespace, seriesPerModel = 2_000 }: { namespace: string; seriesPerModel?: number },
  ): SampleSource =>
  async () => {
    const [models, totals, partitions, standings, routes, catalogue] = await Promise.all([
      stores.models.list(),
      stores.totals.totals(),
      stores.totals.partitions(),
      stores.totals.standings(),
      stores.routes.list(),
      stores.ingest.catalogue(),
    ]);
    const snapshot: MetricsSnapshot = {
      namespace,
      seriesPerModel,
      totals,
      partitions,
      models: await Promise.all(
        models.map(async ({ config }) => ({
          config,
          standing: standings.find((s) => s.model === config.name) ?? null,
          route: routes.find((r) => r.model === config.name) ?? null,
          versions: await stores.versions.list(config.name),
          references: catalogue.models[config.name]?.references ?? {},
        })),
      ),
    };
    return samplesOf(snapshot);
  };
