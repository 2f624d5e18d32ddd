import type { AuditLog } from '../../domain/audit.ts';
import type { DeliveryStore } from '../../domain/deliveries.ts';
import type { EstimatorStore, FoldStore, IngestStore, TotalsStore } from '../../domain/ingest-ports.ts';
import type {
  AlertStore,
  ExampleStore,
  GoldenStore,
  ModelStore,
  RouteStore,
  RunStore,
  SnapshotStore,
  VersionStore,
} from '../../domain/ports.ts';
import type { SessionStore } from '../../domain/sessions.ts';
import type { TeachStore } from '../../domain/teach.ts';
import type { TokenStore } from '../../domain/tokens.ts';
import { createAlertStore } from './alert-store.ts';
import { createAuditLog } from './audit-log.ts';
import type { Database } from './connect.ts';
import { openHandle } from './database.ts';
import { createDeliveryStore } from './delivery-store.ts';
import { createEstimatorStore } from './estimator-store.ts';
import { createExampleStore } from './example-store.ts';
import { createFoldStore } from './fold-store.ts';
import { createGoldenStore } from './golden-store.ts';
import { createIngestStore } from './ingest-store.ts';
import { checkSchema } from './migrate.ts';
import { createModelStore } from './model-store.ts';
import { createRouteStore } from './route-store.ts';
import { createRunStore } from './run-store.ts';
import { createSessionStore } from './session-store.ts';
import { createSnapshotStore } from './snapshot-store.ts';
import { createTeachStore } from './teach-store.ts';
import { createTokenStore } from './token-store.ts';
import { createTotalsStore } from './totals-store.ts';
import { createVersionStore } from './version-store.ts';

/** Everything that Postgres remembers, behind the ports. */
export type Stores = {
  models: ModelStore;
  versions: VersionStore;
  routes: RouteStore;
  examples: ExampleStore;
  snapshots: SnapshotStore;
  golden: GoldenStore;
  runs: RunStore;
  alerts: AlertStore;
  ingest: IngestStore;
  folds: FoldStore;
  estimators: EstimatorStore;
  totals: TotalsStore;
  audit: AuditLog;
  teach: TeachStore;
  tokens: TokenStore;
  sessions: SessionStore;
  deliveries: DeliveryStore;
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
    golden: createGoldenStore(handle),
    runs: createRunStore(handle),
    alerts: createAlertStore(handle),
    folds: createFoldStore(handle),
    estimators: createEstimatorStore(handle),
    ingest: createIngestStore(handle),
    totals: createTotalsStore(handle),
    audit: createAuditLog(handle),
    teach: createTeachStore(handle),
    tokens: createTokenStore(handle),
    sessions: createSessionStore(handle),
    deliveries: createDeliveryStore(handle),
    close: () => handle.pool.end(),
  };
}
