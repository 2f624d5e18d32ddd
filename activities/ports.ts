import type { AuditLog } from '../domain/audit.ts';
import type { GateConfig } from '../domain/gate-config.ts';
import type { InputRow } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { AnyOutput } from '../domain/task.ts';
import type {
  AlertStore,
  ArtifactStore,
  BaseStore,
  CheckpointStore,
  ExampleStore,
  GoldenStore,
  ImageReader,
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
import type { DeclaredTask } from '../domain/task.ts';
import type { TwinQuestion, Twins } from '../training/data/find-twins.ts';
import type { AnsweredRows } from '../training/gate/answered-rows.ts';
import type { AnyPairReport } from '../training/gate/report-pair.ts';
import type { GateMatter, GateReport, GateTerms } from '../training/gate/judge-gate.ts';

export type ServedAlone = { config: ModelConfig; version: string; digest: string };

/** A model server that nobody knows of but whoever tries a version in it. */
export type TrialServer = {
  /** What the version computes on. */
  backend: string;
  /** What clients would be answered, or why they would not be. Throws where trying again may help. */
  ask(rows: readonly InputRow[]): Promise<{ outputs: AnyOutput[] } | { refusal: string }>;
  /** Of the process that answers; null before its first answer, or where nobody knows. */
  memoryMb(): number | null;
  close(): Promise<void>;
};

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
  images: Pick<ImageReader, 'read'>;
  trainer: Trainer;
  /** Scores versions during a run; kept warm between looks. */
  predictor: Predictor;
  /** Lends a predictor that has loaded nothing yet, and ends its process afterwards. */
  withPredictor: <T>(use: (fresh: Predictor) => Promise<T>) => Promise<T>;
  /** Starts a model server like those of production, with a process of its own, that serves this version alone. */
  startServer: (served: ServedAlone) => Promise<TrialServer>;
  /** Judges a gate; where much has to be drawn, without keeping the process busy. */
  judge: (
    matter: GateMatter,
    config: GateConfig,
    terms: GateTerms & { resamples: number },
  ) => Promise<GateReport>;
  /** What is kept of two versions on the same rows, with figures of the slices; of many, without keeping the process busy. */
  report: (
    task: DeclaredTask,
    answered: AnsweredRows,
    options: { slices: readonly string[] },
  ) => Promise<AnyPairReport>;
  /** Which rows may not be learnt from; many, without keeping the process busy. */
  findTwins: (question: TwinQuestion) => Promise<Twins>;
  /** Whether the workflow of this run is still there; a run whose workflow was terminated by hand is over. */
  isRunAlive: (model: string, runId: string) => Promise<boolean>;
  /** Keeps the clock of a model's schedule in step with its config; null takes it away. */
  alignSchedule: (model: string, cron: string | null) => Promise<void>;
  /** The same for the drills of its way back. */
  alignDrills: (model: string, cron: string | null) => Promise<void>;
};
