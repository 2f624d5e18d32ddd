import type { DetectorWatch } from './detector-config.ts';
import type { BudgetWatch } from './drift-config.ts';
import type { ErrorCode } from './error-codes.ts';
import type { LoopEvent } from './events.ts';
import type { Partition } from './examples.ts';
import type { FindingLevel } from './finding.ts';
import type { FeatureValue, InputRow } from './input.ts';
import type { FeedbackMessage } from './messages.ts';
import type { ModelConfig } from './model-config.ts';
import type { ConfidenceMethod, PerformanceEstimator } from './performance-estimator.ts';
import type { ReferenceShares } from './reference-shares.ts';
import type { DeclaredTask } from './task.ts';

/** The ports of ingest, of the champion fold and of whoever exports what they counted. */

/** Where a record came from. `clusterId` as the brokers say it: a recreated cluster begins again. */
export type TopicPartition = Readonly<{ clusterId: string; topic: string; partition: number }>;

/** A record of a topic as it came: nothing of it has been believed yet. */
export type RawRecord = Readonly<{ offset: bigint; key: Uint8Array | null; value: Uint8Array | null }>;

/**
 * What is counted, with the meaning of `a` and `b`:
 *
 * | kind | a | b |
 * |---|---|---|
 * | outcome, outcome_withdrawn | label | predicted label |
 * | prediction | predicted label | |
 * | rating | good, bad, neither | |
 * | off_by, off_by_withdrawn | absolute, squared: errors of numbers, in thousandths of the tolerance | |
 * | feature_bin | feature | bin |
 * | feature_missing, feature_invalid, feature_new, feature_beyond | feature | |
 * | repeated | | |
 * | score, score_labelled, score_labelled_withdrawn | bin of the score of the answer | |
 * | slice_prediction, slice_right, slice_wrong, and both of these with _withdrawn | declared slice | its value |
 * | slice_outcome, slice_outcome_withdrawn | declared slice | its value, label, predicted label: see monitors/slices.ts |
 * | estimated_outcome | label that is expected, in millionths of a row | predicted label |
 * | estimate_checked | expected, right, rows: of labelled rows, in millionths | |
 * | confident | estimator, in millionths of a row that it expects to be right | asked, labelled |
 * | event | predictions, feedback, stored, duplicates, dead_lettered | |
 *
 * Events have the model where it is known and '' where it is not (a payload that cannot be read); no version.
 */
export type TotalKind =
  | 'outcome'
  | 'outcome_withdrawn'
  | 'prediction'
  | 'rating'
  | 'off_by'
  | 'off_by_withdrawn'
  | 'feature_bin'
  | 'feature_missing'
  | 'feature_invalid'
  | 'feature_new'
  | 'feature_beyond'
  | 'repeated'
  | 'score'
  | 'score_labelled'
  | 'score_labelled_withdrawn'
  | SliceKind
  | 'estimated_outcome'
  | 'estimate_checked'
  | 'confident'
  | 'event';
/** Predictions of a declared slice, and the outcomes among them. */
export type SliceKind =
  | 'slice_prediction'
  | 'slice_right'
  | 'slice_wrong'
  | 'slice_right_withdrawn'
  | 'slice_wrong_withdrawn'
  | 'slice_outcome'
  | 'slice_outcome_withdrawn';
export type EventKind = 'predictions' | 'feedback' | 'stored' | 'duplicates' | 'dead_lettered';

/** A counter that only grows. One per Kafka partition, so that no two owners ever write the same one. */
export type Total = Readonly<{
  model: string;
  version: string;
  /** `predictions-0`, `feedback-3`: the stream and its Kafka partition. */
  partition: string;
  kind: TotalKind;
  a: string;
  b: string;
  value: number;
}>;

/** Counts of predictions by when they were made, to be added to a bucket of event time; a correction is negative. */
export type HappenedCount = Readonly<{
  model: string;
  version: string;
  /** As of a Total: the stream and its Kafka partition, so that no two owners write the same row. */
  partition: string;
  startsAtMs: number;
  predictions: number;
  labelled: number;
  correct: number;
}>;

/** A stretch of event time of one model: from `fromMs` on, before `toMs`. */
export type HappenedStretch = Readonly<{ model: string; fromMs: number; toMs: number }>;
export type HappenedSum = Readonly<{
  version: string;
  predictions: number;
  labelled: number;
  correct: number;
}>;

/** What became of the messages, as the demo's summary and the console show it. */
export type EventTotals = Readonly<{
  predictions: number;
  feedback: number;
  stored: number;
  duplicates: number;
  deadLettered: number;
}>;

/** Everything that was counted, absolute. */
export interface TotalsStore {
  totals(filter?: { model?: string }): Promise<Total[]>;
  /** Sums over all partitions; of one model, or of everything. */
  eventTotals(model?: string): Promise<EventTotals>;
  /** The `partition` labels that exist, so that a counter can be exported as zero before it first counts. */
  partitions(): Promise<string[]>;
  /** By version, for each stretch in its order. */
  happened(stretches: readonly HappenedStretch[]): Promise<HappenedSum[][]>;
  /** The same in steps of a stretch, oldest first; steps without predictions are left out. */
  happenedSteps(
    stretch: HappenedStretch,
    stepMs: number,
  ): Promise<(HappenedSum & Readonly<{ startsAtMs: number }>)[]>;
  /** Every declared model, or only one, cheap enough for each scrape. */
  standings(model?: string): Promise<Standing[]>;
}

/** How a model stands: its champion, the champion's regret in errors, and the labelled examples so far. */
export type Standing = Readonly<{
  model: string;
  champion: string | null;
  regret: number;
  labelled: number;
  /** What the detectors say of the champion, by name. */
  streams: Readonly<Record<string, Pick<WatchedStream, 'drifts' | 'level' | 'budget'>>>;
}>;

/** A model as ingest needs it. */
export type IngestModel = Readonly<{
  config: ModelConfig;
  /** Mixed into the hash that decides the partition, so that two models do not hold out the same entities. */
  salt: string;
  /** By version; a version without one is counted without bins. */
  references: Readonly<Record<string, ReferenceShares | null>>;
  /** By version; of the ones that have been calibrated. */
  estimators: Readonly<Record<string, PerformanceEstimator>>;
}>;

export type Catalogue = Readonly<{
  models: Readonly<Record<string, IngestModel>>;
  /** How long predictions are kept; older ones are not taken any more. */
  retentionMs: number;
  /** Most Prometheus series of one model's versions. */
  seriesPerModel: number;
  /** The longest `joinHorizon` of the models: feedback without a prediction has no model of its own. */
  joinHorizonMs: number;
}>;

/** The calibrated probability of each label, in the order of the task, and that of the answer: whether it is right. */
export type Estimate = Readonly<{
  probabilities: readonly number[];
  right: number;
  /** What how sure the answer is says of it; null where the version was calibrated without. */
  confident: Readonly<Record<ConfidenceMethod, number>> | null;
}>;

/** A prediction that was understood. */
export type PredictionRow = Readonly<{
  predictionId: string;
  model: string;
  version: string;
  input: InputRow;
  /** The answer, as domain/answer-text.ts writes it. */
  label: string;
  /** Of each label; none where the task has no labels. */
  scores: Readonly<Record<string, number>>;
  /** What is expected of the answer; null where the version is not calibrated. */
  estimate: Estimate | null;
  context: Readonly<Record<string, unknown>> | null;
  entity: string | null;
  partition: Partition;
  at: string;
  offset: bigint;
}>;

/** Feedback that was understood, but for its label: that is known when its prediction is. */
export type FeedbackRow = Readonly<{
  feedbackId: string;
  predictionId: string;
  kind: FeedbackMessage['kind'];
  value: unknown;
  at: string;
  source: string;
  offset: bigint;
}>;

/** A message that had no effect, and why. */
export type DeadLetter = Readonly<{
  code: ErrorCode;
  reason: string;
  model: string | null;
  topic: string;
  partition: number;
  offset: bigint;
  key: Uint8Array | null;
  /** As it came. */
  payload: Uint8Array | null;
}>;

/** An example whose effective label changed: `before` is null when it had none, `after` when it was withdrawn. */
export type LabelChange = Readonly<{
  model: string;
  version: string;
  predicted: string;
  before: string | null;
  after: string | null;
  /** What the declared slices of the model are in them, by feature; null where it declares none. */
  slices: Readonly<Record<string, FeatureValue>> | null;
  /** When they were predicted, to the second. */
  atMs: number;
  /** How many examples changed so. */
  rows: number;
  /** How many of them were estimated when they were predicted, and how many of those were expected to be right. */
  estimated: number;
  expectedRight: number;
  /** Of the estimated ones: the sum of the scores of their answers, and how many of those are as sure as `sureFrom`. */
  confidence: number;
  sure: number;
  /** The bin of the score of the answer. */
  scoreBin: string;
}>;

/** How often answers of a version were rated with this value. */
export type RatedAnswers = Readonly<{ model: string; version: string; value: unknown; rows: number }>;

/** Feedback that cannot be a label of the model that its prediction belongs to. */
export type RejectedFeedback = Readonly<{
  model: string;
  offset: bigint;
  feedback: Omit<FeedbackRow, 'offset'>;
}>;

export type StoredPredictions = Readonly<{
  /** Ids that had been stored before. */
  duplicates: readonly string[];
  /** How many pieces of feedback had waited for these predictions and are joined now, by model. */
  joined: Readonly<Record<string, number>>;
  /** From feedback that had waited for these predictions. */
  changes: readonly LabelChange[];
  ratings: readonly RatedAnswers[];
  rejected: readonly RejectedFeedback[];
}>;
/** Counts by model; '' for feedback whose prediction has not come yet. */
export type StoredFeedback = Readonly<{
  stored: Readonly<Record<string, number>>;
  duplicates: Readonly<Record<string, number>>;
  changes: readonly LabelChange[];
  ratings: readonly RatedAnswers[];
  rejected: readonly RejectedFeedback[];
}>;

/** The features that are declared slices, by model; a model without any is left out. */
export type DeclaredSlices = Readonly<Record<string, readonly string[]>>;

/** How feedback is read, and what a label change is told apart by, as the catalogue has it. */
export type ToldApart = Readonly<{
  slices: DeclaredSlices;
  /** How feedback is read, by model; a model whose feedback is one of its labels, or a code for one, is left out. */
  tasks: Readonly<Record<string, Exclude<DeclaredTask['kind'], 'classification'>>>;
  /** By model and version: the score from which on an answer is taken for right (ATC); of the calibrated ones. */
  sureFrom: Readonly<Record<string, Readonly<Record<string, number>>>>;
}>;

/** What can be done inside the one transaction of a batch. */
export interface IngestTransaction {
  /** The first offset that has not taken effect yet; null for a partition that was never read. */
  readonly next: bigint | null;
  /** Each id at most once in a call. */
  storePredictions(rows: readonly PredictionRow[], apart: ToldApart): Promise<StoredPredictions>;
  /** Of several with the same id the one with the smallest offset counts. */
  storeFeedback(rows: readonly FeedbackRow[], apart: ToldApart): Promise<StoredFeedback>;
  deadLetter(letters: readonly DeadLetter[]): Promise<void>;
  count(totals: readonly Total[]): Promise<void>;
  countHappened(counts: readonly HappenedCount[]): Promise<void>;
  advance(next: bigint): Promise<void>;
}

export interface IngestStore {
  catalogue(): Promise<Catalogue>;
  /** Makes sure that rows of these predictions have a place. To be called before the transaction that stores them. */
  makeRoom(predictionIds: readonly string[]): Promise<void>;
  /** The first offset that has not taken effect yet, or null. */
  next(at: TopicPartition): Promise<bigint | null>;
  /**
   * Forgets how far a topic has taken effect, so that it is read from its beginning; what is known already is a duplicate.
   * Returns how many partitions it was known of.
   */
  forgetTopic(topic: string): Promise<number>;
  /**
   * One transaction behind the row lock of the partition's offset: the fence between two owners.
   *
   * @throws DL_CANNOT_STORE when the database refuses a value, so that trying the same again cannot help
   */
  transact<T>(at: TopicPartition, work: (transaction: IngestTransaction) => Promise<T>): Promise<T>;
  /** Turns feedback that has waited for its prediction since before `before` into dead letters. */
  expireFeedback(topic: string, before: Date, limit: number): Promise<number>;
  /** Forgets predictions, feedback, examples and their scores of whole weeks before a moment. */
  dropBefore(before: Date): Promise<void>;
  /** Forgets the buckets of event time that began before a moment, by model. */
  dropHappened(before: Readonly<Record<string, Date>>): Promise<void>;
  /** Hands unsent dead letters to `send` and marks them sent: at least once. One relay at a time; 0 for the others. */
  relayDeadLetters(
    limit: number,
    send: (letters: readonly (DeadLetter & { id: number; at: string })[]) => Promise<void>,
  ): Promise<number>;
  /** Hands what the loop has to tell to `send`, in order, and forgets it: at least once. One relay at a time. */
  relayEvents(limit: number, send: (events: readonly StoredEvent[]) => Promise<void>): Promise<number>;
}

/** An event as it waits in the outbox. */
export type StoredEvent = LoopEvent & { id: string; at: string };

/** An example whose label has just become known. */
export type KnownExample = Readonly<{
  predictionId: string;
  input: InputRow;
  label: string;
  /** Who answered production, and what. */
  version: string;
  predicted: string;
  /** Labelled because it was picked: it gets its number, and the champion is not judged by it. */
  isPicked: boolean;
  /** When the label arrived, in milliseconds since 1970. */
  knownAtMs: number;
}>;

/** The state of the regret detector, as JSON. Its arithmetic is monitors/regret.ts. */
export type RegretState = Readonly<{
  rows: number;
  errors: number;
  reference: number | null;
  predecessorReference: number | null;
  regret: number;
}>;

/** Where a detector of the champion's stream is: its own state, and what it has found since the champion took over. */
export type WatchedStream = Readonly<{
  /** What it was set to; with other params it begins afresh. */
  params: Readonly<Record<string, unknown>>;
  state: Readonly<Record<string, unknown>>;
  rows: number;
  drifts: number;
  level: FindingLevel;
  /** How it stands with its budget of false alarms, where it has one. */
  budget?: AlarmBudget;
}>;

/** A budget of false alarms, and whether there is history enough to keep it exactly. */
export type AlarmBudget = Readonly<{
  falseAlarmsPerMonth: number;
  isVerified: boolean;
  /** Months of history that there are, after the reference, and that it takes. */
  months: number;
  monthsNeeded: number;
}>;
/** By the name of the detector. */
export type WatchedStreams = Readonly<Record<string, WatchedStream>>;

/** What a monitor found, as it is kept. */
export type NewFinding = Readonly<{ monitor: string; level: FindingLevel; value: number; sentence: string }>;

export type FoldBatch = Readonly<{
  /** Null before the first champion: the examples are numbered all the same. */
  champion: Readonly<{
    version: string;
    digest: string;
    /** Says when an answer is right. */
    task: DeclaredTask;
    regret: RegretState;
    streams: WatchedStreams;
    /** The detectors that the config declares now. */
    detectors: readonly (DetectorWatch | BudgetWatch)[];
  }> | null;
  /** In known-at order. */
  examples: readonly KnownExample[];
}>;
export type FoldStep = Readonly<{
  /** Whether the champion was right, one per example; null without a champion, and where it is not judged by it. */
  correct: readonly (boolean | null)[];
  regret: RegretState | null;
  streams: WatchedStreams;
  findings: readonly NewFinding[];
}>;
export type FoldProgress = Readonly<{ folded: number; labelled: number }>;

/** The one place where labelled examples get their `seq`. */
export interface FoldStore {
  /** Which of the declared models have something to fold, in one question for all of them. */
  behind(): Promise<string[]>;
  /**
   * One step: the next newly known examples of a model go through `work`; seq, scores, regret and the high-water
   * mark are written in one transaction behind the model's lock. Null when somebody else holds it.
   */
  fold(
    model: string,
    limit: number,
    work: (batch: FoldBatch) => Promise<FoldStep>,
  ): Promise<FoldProgress | null>;
}

/** A version that classifies, answers production and can be calibrated now. */
export type ToCalibrate = Readonly<{ model: string; version: string; labels: readonly string[] }>;

export interface EstimatorStore {
  /** Champions without an estimator that classify and have at least so many labelled rows of their own. */
  due(rows: number): Promise<ToCalibrate[]>;
  /** What a version answered to its first rows whose labels are known, in known-at order. */
  firstKnown(
    of: Pick<ToCalibrate, 'model' | 'version'>,
    rows: number,
  ): Promise<{ scores: Readonly<Record<string, number>>; predicted: string; label: string }[]>;
  /** The first one stays: what was expected is never said differently later. */
  save(of: Pick<ToCalibrate, 'model' | 'version'>, estimator: PerformanceEstimator): Promise<void>;
}
