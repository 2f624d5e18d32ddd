import type { Drill } from '../../domain/drill.ts';
import type { HappenedSum, Standing, Total } from '../../domain/ingest-ports.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { PerformanceEstimator } from '../../domain/performance-estimator.ts';
import type { ReferenceShares } from '../../domain/reference-shares.ts';
import type { Route, Version } from '../../domain/version.ts';
import type { Stretch } from '../as-happened.ts';

/** Everything that a scrape is told, read from the database at one moment. */
export type MetricsSnapshot = Readonly<{
  namespace: string;
  /** Most series of one model's versions; see `capSeries`. */
  seriesPerModel: number;
  totals: readonly Total[];
  /** Every `partition` label that exists. */
  partitions: readonly string[];
  models: readonly ModelSnapshot[];
}>;

export type ModelSnapshot = Readonly<{
  config: Pick<ModelConfig, 'name' | 'task' | 'input' | 'retrain' | 'gate'>;
  /** Of each stretch of event time that is exported, by version. */
  happened: readonly Readonly<{ stretch: Stretch; sums: readonly HappenedSum[] }>[];
  /** Null before anything is known of it. */
  standing: Standing | null;
  route: Pick<Route, 'challenger'> | null;
  /** Null where its way back was never tried. */
  drill: Drill | null;
  versions: readonly Pick<Version, 'version' | 'number' | 'role' | 'promotedAt'>[];
  /** By version. */
  references: Readonly<Record<string, ReferenceShares | null>>;
  /** By version; of the ones that have been calibrated. */
  estimators: Readonly<Record<string, PerformanceEstimator>>;
}>;
