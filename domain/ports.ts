import type { Approval, BoundTo } from './approval.ts';
import type { AuditEntry } from './audit.ts';
import type { Example, RecordedReign, Snapshot, SnapshotPart, SnapshotParts } from './examples.ts';
import type { FineTune, SearchWish } from './fine-tune-config.ts';
import type { GoldenKind, GoldenRow, Learnt } from './golden.ts';
import type { ImageFeature, InputRow } from './input.ts';
import type { Kept } from './kept.ts';
import type { FeedbackMessage, PredictionMessage } from './messages.ts';
import type { DriftloopConfig, ModelConfig } from './model-config.ts';
import type { Person, Role, Speaker } from './person.ts';
import type { ReferenceShares } from './reference-shares.ts';
import type { RolloutLook, RolloutStanding, Steering } from './rollout.ts';
import type { CoursePoint, EpochScore, Run, RunOutcome, RunPhase, TrainingProgress, Trigger } from './run.ts';
import type { TabularSettings } from './tabular-settings.ts';
import type { SearchReport } from './search-report.ts';
import type { AnyOutput } from './task.ts';
import type { StoredTestedRow, TestedRow } from './tested-row.ts';
import type { TraceContext } from './tracing.ts';
import type { CommandTrainer } from './trainer-config.ts';
import type { Promotion, Verdict } from './verdict.ts';
import type { Route, Takeover, Trial, Version, VersionRole } from './version.ts';

/**
 * The ports: what the rooms ask of the world. infra/ implements them, cli/ introduces them, and every fake in a
 * test passes the same contract suite as the real adapter.
 */

export type DeclaredModel = {
  config: ModelConfig;
  digest: string;
  paused: boolean;
  /** Who holds the kill switch; null while nobody does. */
  pausedBy: string | null;
};

/** A config as somebody applied it. */
export type AppliedConfig = { digest: string; by: string; at: string; config: DriftloopConfig };

/** The config as applied. Roles read it here, never from a file. */
export interface ModelStore {
  /** Stores the config and its models; the same digest again changes nothing. Returns the digest. */
  apply(
    config: DriftloopConfig,
    by?: string,
    via?: Person['via'],
  ): Promise<{ digest: string; changed: boolean }>;
  list(): Promise<DeclaredModel[]>;
  /** Throws DL_UNKNOWN_MODEL. */
  get(model: string): Promise<DeclaredModel>;
  /** The config of one model as a run has pinned it. */
  getPinned(model: string, digest: string): Promise<ModelConfig>;
  /** The digest that the config which is stored under this one has; null where there is none. */
  recomputedDigest(digest: string): Promise<string | null>;
  /** What was applied, newest first. */
  applied(limit: { limit: number }): Promise<AppliedConfig[]>;
  setPaused(model: string, paused: boolean, by?: string, via?: Person['via']): Promise<void>;
}

export type NewVersion = {
  model: string;
  digest: string;
  parent: string | null;
  runId: string | null;
  snapshotId: string | null;
  trainSeconds: number | null;
  accuracyOnTest: number | null;
  /** What live inputs of this version are compared with; without it they are counted without bins. */
  reference?: ReferenceShares;
  /** What it has learnt from, and what it began from had; left out where that is not known. */
  learnt?: Learnt;
};

/** The registry. Versions are immutable but for their role and what is learnt about them. */
export interface VersionStore {
  /** Registers as challenger. Safe to repeat: the same run and digest get the same version back. */
  register(version: NewVersion): Promise<Version>;
  list(model: string): Promise<Version[]>;
  /** Throws DL_UNKNOWN_VERSION. */
  get(model: string, version: string): Promise<Version>;
  champion(model: string): Promise<Version | null>;
  setRole(model: string, version: string, role: VersionRole): Promise<void>;
  setAccuracyOnTest(model: string, version: string, accuracy: number): Promise<void>;
  /** What live inputs of a version are compared with, or null where it was registered without. */
  reference(model: string, version: string): Promise<ReferenceShares | null>;
  /** What it has learnt from. */
  learnt(model: string, version: string): Promise<Learnt>;
}

/** Who did it, how they had shown who they are, and why. */
export type GoldenWhy = Pick<AuditEntry, 'by'> & Partial<Pick<AuditEntry, 'via'>> & { because: string };

/** Rows that never train and always test. Each is kept, retired or not, so that a verdict can be recomputed. */
export interface GoldenStore {
  /** Adds those whose content is not golden yet. A retired one is golden again. */
  add(model: string, rows: readonly GoldenRow[], why: GoldenWhy): Promise<{ added: number; known: number }>;
  /** Those in force, in the order of their ids. */
  list(model: string): Promise<GoldenRow[]>;
  /** Returns how many. */
  retire(
    model: string,
    which: { ids: readonly string[] } | { kind: GoldenKind },
    why: GoldenWhy,
  ): Promise<number>;
}

/** Who answers what. Every change is a new generation and a row that stays. */
export interface RouteStore {
  get(model: string): Promise<Route | null>;
  list(): Promise<Route[]>;
  /** Puts a challenger on trial (share 0 or null takes it off). Safe to repeat: the same trial keeps its generation. */
  setChallenger(model: string, challenger: Trial | null, why: Why): Promise<Route>;
  /**
   * Makes a version the champion, in one transaction: the route, the roles (the old champion retires), the
   * deployment log, a fresh regret, no planned refit. Safe to repeat: the present champion stays, with its generation,
   * and a run promotes a version once: asked again after a rollback it changes nothing.
   *
   * @throws DL_CHAMPION_CHANGED where `why.over` is not the champion (any more)
   */
  promote(model: string, version: string, why: Why): Promise<Route>;
  /** The champion before the present one that served healthily, or null. */
  previousChampion(model: string): Promise<string | null>;
  /** Every time a version became champion, the newest first. */
  takeovers(model: string, most: { limit: number }): Promise<Takeover[]>;
}

/** Who did it and why; kept with every row that changes production. */
export type Why = {
  by: string;
  because: string;
  runId?: string;
  /** The champion that the new one was judged against. */
  over?: string;
  /** The champion that is left behind did not serve healthily: no later rollback goes back to it. */
  leavesUnhealthy?: boolean;
  /** A person did it by hand, and this is what the audit log calls it. */
  byHand?: Pick<AuditEntry, 'action' | 'via'>;
};

/** How a model stands with its policy: cheap enough to be asked at every beat. */
export type PolicyStanding = {
  /** Labelled examples so far: the largest `seq`. */
  labelled: number;
  champion: Version;
  /** `seq` at which the present champion took over (its first own row is one later). */
  tookOverAtSeq: number;
  regret: number;
  /** `seq` at which the latest training of this model began, or null. */
  lastTrainingAtSeq: number | null;
  /** Whether that training was dropped by a patient gate, so that the next need not wait. */
  lastWasDropped: boolean;
  /** The refit that the latest promotion planned, if it is still due. */
  plannedRefit: { onsetSeq: number; atSeq: number } | null;
};

/** What the policy needs to decide on a training, read in one consistent look; rows that the retention took are gone. */
export type PolicyView = PolicyStanding & {
  /** The champion's own errors since it took over, oldest first, 1 for an error. `errors[i]` has seq tookOverAtSeq+1+i. */
  errors: Uint8Array;
};

/** What a version has answered in production. */
export type RecordedAnswer = { input: InputRow; label: string };

/** Labelled examples, and what the champion made of them, in known-at order. */
/** From a prediction to its label, as their messages say. */
export type LabelDelay = Readonly<{ labels: number; medianMs: number; p90Ms: number }>;

export interface ExampleStore {
  /** Throws DL_NO_CHAMPION before the first champion. */
  policyStanding(model: string): Promise<PolicyStanding>;
  /** Throws DL_NO_CHAMPION before the first champion. */
  policyView(model: string): Promise<PolicyView>;
  /** How many labelled examples there are. */
  labelled(model: string): Promise<number>;
  /** How long the newest labels took, at most `limit` of them; null before the first. Picked rows are left out. */
  labelDelay(model: string, limit: number): Promise<LabelDelay | null>;
  /**
   * Examples with fromSeq <= seq <= toSeq in order; `limit` keeps the newest, `withSource` says whose word each label is.
   * Those that were picked to be labelled judge nothing, so they are left out but for whoever learns: `withPicked`.
   */
  range(
    model: string,
    range: { fromSeq: number; toSeq?: number; limit?: number; withSource?: boolean; withPicked?: boolean },
  ): Promise<Example[]>;
  /**
   * What was recorded of each champion, the oldest first; `limit` keeps the newest rows. Of a row that another version
   * had answered and the champion would have got wrong, the champion's answer is not recorded: it is ''.
   */
  record(model: string, limit: number): Promise<RecordedReign[]>;
  /** How many predictions each version has answered so far; cheap enough to be asked at every beat. */
  answered(model: string): Promise<Record<string, number>>;
  /** Live input rows (labelled or not) of the newest predictions, for triage. */
  recentInputs(model: string, limit: number): Promise<InputRow[]>;
  /** The newest rows that a version that serves no more has answered with a label, and that label. */
  recordedAnswers(model: string, version: string, limit: number): Promise<RecordedAnswer[]>;
  /** When the examples with fromSeq <= seq were predicted, by seq, in ms since 1970; `limit` keeps the newest. */
  predictedAt(model: string, range: { fromSeq: number; limit: number }): Promise<Map<number, number>>;
  /** Messages about the model that could not be read, among all: since the newest predictions, and before them. */
  refusals(
    model: string,
    stretch: { newest: number; before: number },
  ): Promise<Record<'now' | 'before', { hits: number; rows: number }>>;
  /**
   * What a version answered to rows whose labels are known, in the order of the predictions; `limit` keeps those that
   * became known last. Erased rows are gone.
   */
  history(
    model: string,
    of: { version: string; limit: number },
  ): Promise<
    {
      input: InputRow;
      label: string;
      predicted: string;
      scores: Readonly<Record<string, number>> | null;
      at: string;
    }[]
  >;
  /** Inputs by prediction id, and when they were predicted; null where an input has been erased. */
  inputsOf(
    model: string,
    predictionIds: readonly string[],
  ): Promise<Map<string, { input: InputRow | null; at: string }>>;
  planRefit(model: string, refit: { onsetSeq: number; atSeq: number } | null): Promise<void>;
}

/** Manifests: ids and hashes of what a run saw, never the rows themselves. */
export interface SnapshotStore {
  /** Safe to repeat: the same run gets the same snapshot back. */
  cut(cut: {
    runId: string;
    model: string;
    fromSeq: number;
    cutSeq: number;
    onsetSeq: number | null;
    parts: SnapshotParts;
  }): Promise<Snapshot>;
  get(id: string): Promise<Snapshot>;
  /** The digest of the manifest as it stands now. */
  manifestDigest(id: string): Promise<string>;
  /** Reads the rows back, checking each against its hash; erased ones are left out and counted. */
  read(id: string, part: SnapshotPart): Promise<{ examples: Example[]; erased: number }>;
  /** Those of the ids that stand in a snapshot of a version or of any of its ancestors, whatever for. */
  seenBy(model: string, versions: readonly string[], predictionIds: readonly string[]): Promise<Set<string>>;
}

/** A run and its story. */
export interface RunStore {
  /** Safe to repeat with the same id. */
  begin(run: {
    id: string;
    model: string;
    trigger: Trigger;
    configDigest: string;
    labelledAtStart: number;
  }): Promise<Run>;
  get(id: string): Promise<Run>;
  /** Newest first; `open` for those that have not ended. */
  list(filter: { model?: string; open?: true; limit?: number }): Promise<Run[]>;
  update(id: string, change: Partial<Omit<Run, 'id' | 'model' | 'trigger'>>): Promise<void>;
  /** Appends to the story; safe to repeat with the same key. */
  note(id: string, event: RunEvent): Promise<void>;
  story(id: string): Promise<(RunEvent & { at: string })[]>;
  /** Closes a run that is open. False where it was closed before: the first outcome stands. */
  end(id: string, outcome: RunOutcome): Promise<boolean>;
  saveProgress(id: string, progress: TrainingProgress): Promise<void>;
  /** The course of its training by step, thinned to what a curve can show: the first and the last point are kept. */
  course(id: string): Promise<CoursePoint[]>;
  /** Everything that its training has said, by step. */
  progress(id: string): Promise<(TrainingProgress & { at: string })[]>;
  /** How long this model was trained over the last 30 days, from the rows of its runs. */
  trainingTime(model: string): Promise<TrainingTime>;
  /** Marks that the training of this run began, at this `seq` (what GAP counts from). */
  trainingBegan(id: string, seq: number): Promise<void>;
  /** Keeps a look with the rows that it looked at, in their order; a repeated look changes nothing. */
  saveEvaluation(id: string, evaluation: EvaluationRow, tested?: readonly TestedRow[]): Promise<void>;
  evaluations(id: string): Promise<EvaluationRow[]>;
  /** The looks of a run with all the digests that were kept with them: what can be recomputed. */
  looks(id: string): Promise<StoredLook[]>;
  /** The rows of a look, in its order; `newestKept` reads only so many of the last whose inputs are still there. */
  tested(id: string, look: number, limit?: { newestKept: number }): Promise<StoredTestedRow[]>;
  /** Keeps a judgement of its rollout; one of the same moment is the same. */
  saveRolloutLook(id: string, look: RolloutLook): Promise<void>;
  /**
   * The judgements of its rollout, the oldest first. Where there are more than about `most`, some of those that say the
   * same as the one before are left out, never the newest or one that says something else.
   */
  rolloutLooks(id: string, limit: { most: number }): Promise<RolloutLook[]>;
  /**
   * The ledger of what rows have answered: from where to where the looks at each challenger of a model reached, until now
   * or before a moment (RFC 3339).
   */
  lookedAt(model: string, before?: string): Promise<LookedAt[]>;
  /** How the question that the run asks stands. */
  approval(id: string): Promise<Approval>;
  /**
   * Keeps what one person says; how it stands then is for `standingOf`. Safe to repeat with the same `decisionId`.
   *
   * @throws DL_NOT_AN_APPROVER, DL_REQUESTER_DECIDES, DL_APPROVAL_VOID where something has changed since it was read,
   *   DL_ALREADY_DECIDED by them or for good
   */
  decide(id: string, decision: NewDecision): Promise<Approval>;
  /**
   * Keeps a person's word against the gate, beside what the gate said at its last look. Safe to repeat: the first one
   * stands.
   *
   * @throws DL_RUN_NOT_HELD where the gate has not held the run
   */
  force(id: string, why: Speaker & { reason: string }): Promise<Promotion>;
}

/** A person's answer to a run. */
export type Answer = Speaker & {
  kind: 'approve' | 'reject';
  roles: readonly Role[];
  reason: string;
  /** What they have read; left out, it holds for what is there. */
  boundTo?: BoundTo;
};
export type NewDecision = Answer & { decisionId: string };

/** What trainings have taken, as their rows say; one that goes on or failed counts from its beginning to its end. */
export type TrainingTime = {
  seconds: number;
  /** The newest training that was completed, whenever it was; null before the first. */
  latestSeconds: number | null;
};

export type RunEvent = {
  key: string;
  phase: RunPhase;
  sentence: string;
  data?: Readonly<Record<string, unknown>>;
};

/** One look of the gate: numbers, intervals, verdict, and the digests of what they were computed from. */
export type EvaluationRow = {
  look: number;
  rows: number;
  challenger: string;
  champion: string;
  testDigest: string;
  report: Readonly<Record<string, unknown>>;
  verdict: Verdict;
};

/** Whom rows from here to there have judged; positions in the known-at order, both included. */
export type LookedAt = Readonly<{ challenger: string; fromSeq: number; toSeq: number }>;

/** A look as it stands in the tables, with what was kept so that it can be checked. */
export type StoredLook = EvaluationRow & {
  /** RFC 3339. */
  at: string;
  challengerDigest: string | null;
  championDigest: string | null;
  reportDigest: string;
  /** Of the report as it stands there now. */
  recomputedDigest: string;
  /** What the verdict was bound to. */
  bound: { kind: string; reportDigest: string; testDigest: string; configDigest: string };
};

export type AlertRow = {
  fingerprint: string;
  startsAt: string;
  endsAt: string | null;
  status: 'firing' | 'resolved';
  model: string;
  alertname: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
};

/** Alerts are rows, unique by (fingerprint, startsAt). */
export interface AlertStore {
  /** Returns those that were new: only they signal a supervisor. */
  record(alerts: readonly AlertRow[]): Promise<AlertRow[]>;
  list(filter: { model?: string; limit?: number }): Promise<(AlertRow & { receivedAt: string })[]>;
}

/** Content-addressed artifacts: the digest is the address, and is verified at every open. */
export interface ArtifactStore {
  /** Copies a folder in; the same content again is the same digest. An adapter is only taken where its base is. */
  put(folder: string): Promise<{ digest: string; bytes: number }>;
  /**
   * A local folder with exactly that content; that of the base of an adapter, as well checked, lies beside it by the name
   * of its digest. Throws DL_ARTIFACT_MISSING, DL_ARTIFACT_CORRUPT.
   */
  open(digest: string): Promise<string>;
  /** Its files in order of their paths: the digest is made of these paths and hashes. Throws as `open` does. */
  files(digest: string): Promise<ArtifactFile[]>;
}

/** A file of an artifact: its path inside the folder, with `/`, and the sha256 of its content. */
export type ArtifactFile = { path: string; bytes: number; sha256: string };

/** Tells a team's own server something, signed. */
export interface Webhook {
  /**
   * Posts once and resolves with the HTTP status, whatever it is. The same id is the same message.
   *
   * @throws DL_WEBHOOK_UNREACHABLE, DL_WEBHOOK_SECRET; both may pass
   */
  post(message: {
    url: string;
    /** The environment variable that has the secret of the signature; null: it is not signed. */
    secretEnv: string | null;
    id: string;
    body: string;
    contentType: string;
  }): Promise<{ status: number }>;
}

/** How a network for columns learns. */
export type TableTraining = {
  kind: 'table';
  settings: TabularSettings;
  /** What is tried before, around these settings; null: nothing. */
  search: SearchWish | null;
  /** A folder with the champion's artifact, for a warm start; null begins from scratch. */
  warmStart: string | null;
};
/** How a network for texts learns. */
export type TextTraining = {
  kind: 'text';
  /** What its config says; the rest is recommended for the rows and the base. */
  wish: FineTune | null;
  /** A folder with a base, which may be the champion's artifact; null begins from scratch. */
  base: string | null;
  /** Of the artifact that the base is, where an adapter is kept apart from it; left out, it is merged. */
  baseDigest?: string | null;
  /** Of the time before, where the base shall keep what it knew; null: nothing holds it. */
  old: OldFiles | null;
};

/** Rows of the time before, as JSON lines of `{ input, label }`; either file may be empty. */
export type OldFiles = {
  /** To be learnt from again. */
  rehearsal: string;
  /** They only measure what is kept. */
  golden: string;
};

/** How a network for images learns. */
export type ImageTraining = Omit<TextTraining, 'kind'> & { kind: 'image' };

/** Nothing is learnt but the new shares of the labels. */
export type Recalibration = {
  kind: 'recalibration';
  /** A folder with the champion's artifact: any network of Driftloop's that tells labels apart. */
  champion: string;
};

/** What a program of the team's is told. */
export type ProgramTraining = {
  kind: 'program';
  trainer: CommandTrainer;
  /** What the config says; null leaves all to the program. */
  wish: FineTune | null;
  /** As the config names it: nobody but the program opens it. */
  base: ModelConfig['base'];
  /** A folder with the champion's artifact, where it shall begin from that; null otherwise. */
  champion: string | null;
  /** Of the time before, where it shall keep what the champion knew; null otherwise. */
  old: OldFiles | null;
};

/** What a training is given: files, not rows, so that nothing of it passes through a history. */
export type TrainingJob = JobFiles & {
  training: TableTraining | TextTraining | ImageTraining | Recalibration | ProgramTraining;
};

/** The same whatever learns. */
export type JobFiles = {
  model: Pick<ModelConfig, 'name' | 'task' | 'input'>;
  /** JSON lines of `{ input, label }`. */
  trainFile: string;
  validationFile: string;
  /** An empty folder, where the artifact is written. */
  outFolder: string;
  lineage: Readonly<Record<string, string>>;
  /** Where it keeps what it needs to go on after an interruption; left out, an interruption costs everything. */
  checkpoint?: {
    /** Read at the start, where it is there; replaced as a whole by each newer one. */
    file: string;
    /** The time from one checkpoint to the next; left out, they cost one hundredth of the training at most. */
    everyMs?: number;
  };
};

export type TrainingReport = {
  /** Of training, those before an interruption included. */
  seconds: number;
  steps: number;
  epochs: number;
  bestEpoch: number;
  /** Null where there were no validation rows. */
  validationLoss: number | null;
  backend: string;
  /** The step of the checkpoint that it went on from; null where it began at the first. */
  resumedAtStep: number | null;
  /** What a person should know: constant columns, a warm start that did not fit, a slower backend. */
  notes: readonly string[];
  /** The most memory that the process of the training has held, its libraries included. */
  peakMemoryMb: number;
  /** What it kept of what its base knew; left out where that was not measured. */
  kept?: Kept | null;
  /** What was tried before; left out where nothing was. */
  search?: SearchReport | null;
};

/** Fine-tunes in a child process that can be killed and recycled. */
export interface Trainer {
  fineTune(
    job: TrainingJob,
    options: {
      onProgress: (progress: TrainingProgress) => void;
      /** Asks for a point of the curves after every epoch; it costs one more look at rows. */
      onEpoch?: (score: EpochScore) => void;
      /** A new checkpoint lies whole in `job.checkpoint.file`. */
      onCheckpoint?: () => void;
      signal?: AbortSignal;
      /** What it is a part of; a program finds it in TRACEPARENT. */
      trace?: TraceContext;
    },
  ): Promise<TrainingReport>;
}

/** Reads images that are written as text: base64 of a file, or a list of rows of pixels. */
export interface ImageReader {
  /** The bytes that a network sees, row by row, the channels of a pixel together; or why there are none. */
  read(
    text: string,
    feature: ImageFeature,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer> } | { problem: string }>;
  /** The same as the text that rows keep, which reads as the same bytes. */
  write(bytes: Uint8Array<ArrayBuffer>, feature: ImageFeature): Promise<string>;
}

/** Networks that know something already, by their names in a config. */
export interface BaseStore {
  /**
   * A folder with it, and what a version that is made from it says of it.
   *
   * @throws DL_BASE_MISSING, DL_BASE_UNSUPPORTED, DL_DOWNLOAD_FAILED, DL_CHECKSUM_MISMATCH
   */
  open(name: string): Promise<{ folder: string; lineage: Readonly<Record<string, string>> }>;
}

/** The newest checkpoint of each training on its way, where every worker finds it. */
export interface CheckpointStore {
  /** Stores a file as the newest of this run, all at once: a reader sees the one before or this one. */
  save(runId: string, file: string): Promise<void>;
  /** Copies the newest into a file. False where there is none. */
  load(runId: string, file: string): Promise<boolean>;
  /** Safe to repeat. */
  remove(runId: string): Promise<void>;
  /** Removes those that were saved before; returns of which runs. For runs that never came to remove their own. */
  sweep(savedBefore: Date): Promise<string[]>;
}

/** Answers instances with versions that are loaded side by side. Behind it: child processes. */
export interface Predictor {
  /** Which TensorFlow answers: `tensorflow-gpu`, `tensorflow-cpu`, `javascript`. */
  readonly backend: string;
  /** Loads and warms an artifact folder under a key; loading the same key again is nothing. */
  load(key: string, folder: string): Promise<void>;
  /** Throws DL_VERSION_NOT_LOADED. One output a row, in order. */
  predict(key: string, rows: readonly InputRow[]): Promise<AnyOutput[]>;
  unload(key: string): Promise<void>;
  /** The keys that answer now: one that is being loaded is not among them yet. */
  loaded(): readonly string[];
  /** What the process that answers for a key held at its latest answer; null before that, or where it is not known. */
  memoryMb(key: string): number | null;
  close(): Promise<void>;
}

/** A value of an instant query. */
export type Sample = { labels: Readonly<Record<string, string>>; value: number };
export type FiringAlert = {
  alertname: string;
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  activeAt: string;
};

/** What Prometheus knows. */
export interface MetricsReader {
  /** What is known; a value that is NaN or infinite is left out. */
  query(promql: string): Promise<Sample[]>;
  /** Every value, NaN and infinities too: for who has to know that one of them is unknown. */
  values(promql: string): Promise<number[]>;
  range(
    promql: string,
    range: { from: Date; to: Date; stepMs: number },
  ): Promise<{ labels: Readonly<Record<string, string>>; points: [number, number][] }[]>;
  /** Alerts that are firing now, of one model. */
  firing(model: string): Promise<FiringAlert[]>;
}

/** Where predictions and feedback are published. Resolves when the brokers have acknowledged. */
export interface MessageLog {
  publishPredictions(messages: readonly PredictionMessage[]): Promise<void>;
  publishFeedback(messages: readonly FeedbackMessage[]): Promise<void>;
}

/** How the outside speaks to a model's supervisor and to its runs. */
export interface Loop {
  /** Starts the supervisor of a model where none runs. */
  ensureSupervisor(model: string): Promise<void>;
  alertFired(alert: AlertRow): Promise<void>;
  /**
   * Asks for a run now; returns its id. With a version nothing is trained: that one has to prove itself. Refused with
   * DL_RUN_IN_FLIGHT while one runs, and with DL_MODEL_PAUSED.
   */
  requestRun(
    model: string,
    request: Speaker & { reason: string; version?: string },
  ): Promise<{ runId: string }>;
  /**
   * A person's answer to what the run asks.
   *
   * @throws DL_RUN_NOT_WAITING where it asks nothing, and what `RunStore.decide` refuses
   */
  decide(run: Pick<Run, 'id' | 'model'>, answer: Answer): Promise<void>;
  /**
   * A person's word against a gate that holds.
   *
   * @throws DL_RUN_NOT_HELD
   */
  force(run: Pick<Run, 'id' | 'model'>, why: Speaker & { reason: string }): Promise<void>;
  pause(model: string, by: string, via?: Person['via']): Promise<void>;
  resume(model: string, by: string, via?: Person['via']): Promise<void>;
  /**
   * A person's word to a rollout that goes on. An abort is heard whatever it waits for.
   *
   * @throws DL_NO_ROLLOUT, DL_ROLLOUT_FROZEN where it shall skip
   */
  steer(model: string, said: Steering): Promise<void>;
  /** Where the rollout of a model is; null where none goes on. */
  rollout(model: string): Promise<RolloutStanding | null>;
}
