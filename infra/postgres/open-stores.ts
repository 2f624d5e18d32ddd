import type { EstimatorStore, FoldStore, IngestStore, TotalsStore } from '../../domain/ingest-ports.ts';
import type {
  AlertStore,
  ExampleStore,
  ModelStore,
  RouteStore,
  RunStore,
  SnapshotStore,
  VersionStore,
} from '../../domain/ports.ts';
import { createAlertStore } from './alert-store.ts';
import type { Database } from './connect.ts';
import { openHandle } from './database.ts';
import { createEstimatorStore } from './estimator-store.ts';
import { createExampleStore } from './example-store.ts';
import { createFoldStore } from './fold-store.ts';
import { createIngestStore } from './ingest-store.ts';
import { checkSchema } from './migrate.ts';
import { createModelStore } from './model-store.ts';
import { createRouteStore } from './route-store.ts';
import { createRunStore } from './run-store.ts';
import { createSnapshotStore } from './snapshot-store.ts';
import { createTotalsStore } from './totals-store.ts';
import { createVersionStore } from './version-store.ts';

/** Everything that Postgres remembers, behind the ports. */
export type Stores = {
  models: ModelStore;
  versions: VersionStore;
  routes: RouteStore;
  examples: ExampleStore;
  snapshots: SnapshotStore;
  runs: RunStore;
  alerts: AlertStore;
  ingest: IngestStore;
  folds: FoldStore;
  estimators: EstimatorStore;
  totals: TotalsStore;
  close(): Promise<void>;
};

/**
 * Opens the stores of a namespace over one pool of connections.
 *
 * @throws DL_SCHEMA_OLDER, DL_SCHEMA_NEWER when the schema is not the one that this Driftloop knows
 */
export async function openStores({
  databaseUrl,
  namespace,
  poolSize,
}: Database & { poolSize?: number }): Promise<Stores> {
  await checkSchema(databaseUrl, namespace);
  const handle = openHandle({ databaseUrl, namespace }, poolSize);
  return {
    models: createModelStore(handle),
    versions: createVersionStore(handle),
    routes: createRouteStore(handle),
    examples: createExampleStore(handle),
    snapshots: createSnapshotStore(handle),
    runs: createRunStore(handle),
    alerts: createAlertStore(handle),
    folds: createFoldStore(handle),
    estimators: createEstimatorStore(handle),
    ingest: createIngestStore(handle),
    totals: createTotalsStore(handle),
    close: () => handle.pool.end(),
  };
}
