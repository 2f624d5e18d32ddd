import type { AuditLog } from '../domain/audit.ts';
import type { GateConfig } from '../domain/gate-config.ts';
import type {
  AlertStore,
  ArtifactStore,
  BaseStore,
  CheckpointStore,
  ExampleStore,
  GoldenStore,
  MetricsReader,
  ModelStore,
  Predictor,
  RouteStore,
  RunStore,
  SnapshotStore,
  Trainer,
  VersionStore,
  Webhook,
} from '../domain/ports.ts';
import type { TwinQuestion, Twins } from '../training/data/find-twins.ts';
import type { GateMatter, GateReport, GateTerms } from '../training/gate/judge-gate.ts';

/** Everything that activities may ask for; each factory picks the few it uses. */
export type Ports = {
  models: ModelStore;
  versions: VersionStore;
  routes: RouteStore;
  examples: ExampleStore;
  snapshots: SnapshotStore;
  golden: GoldenStore;
  audit: Pick<AuditLog, 'append'>;
  runs: RunStore;
  alerts: AlertStore;
  artifacts: ArtifactStore;
  checkpoints: CheckpointStore;
  bases: BaseStore;
  metrics: MetricsReader;
  webhook: Webhook;
  trainer: Trainer;
  /** Scores versions during a run; kept warm between looks. */
  predictor: Predictor;
  /** A predictor in a process of its own, that has loaded nothing yet: what a server would start with. */
  startPredictor: () => Promise<Predictor>;
  /** Judges a gate; where much has to be drawn, without keeping the process busy. */
  judge: (
    matter: GateMatter,
    config: GateConfig,
    terms: GateTerms & { resamples: number },
  ) => Promise<GateReport>;
  /** Which rows may not be learnt from; many, without keeping the process busy. */
  findTwins: (question: TwinQuestion) => Promise<Twins>;
  /** Whether the workflow of this run is still there; a run whose workflow was terminated by hand is over. */
  isRunAlive: (model: string, runId: string) => Promise<boolean>;
  /** Keeps the clock of a model's schedule in step with its config; null takes it away. */
  alignSchedule: (model: string, cron: string | null) => Promise<void>;
};
