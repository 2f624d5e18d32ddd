import type { Person } from './person.ts';
import type { Verdict } from './verdict.ts';

export type TriggerKind = 'regret' | 'drift' | 'quality' | 'schedule' | 'volume' | 'manual';

/** Why a retraining begins. */
export type Trigger = {
  kind: TriggerKind;
  /** RFC 3339; when the alert began to fire, or when the person or the clock asked. */
  firedAt: string;
  /** One sentence with the values that made it fire. */
  reason: string;
  /** The alert behind it, if one. */
  alert?: { fingerprint: string; startsAt: string };
  /** A version that is registered already: nothing is trained, it only has to prove itself. */
  version?: string;
  /** A refit planned by an earlier promotion, because the rows of the new regime have grown fourfold. */
  refit?: { onsetSeq: number };
  by?: string;
  /** How they were known. */
  via?: Person['via'];
};

/** Something had become worse, or seemed to: nobody had asked, and nothing was planned. */
export const isAboutTrouble = ({ kind, refit }: Pick<Trigger, 'kind' | 'refit'>): boolean =>
  refit === undefined && (kind === 'regret' || kind === 'quality' || kind === 'drift');

/** Where a run is. The order is the order of the story; `waiting` parts say for what. */
export type RunPhase =
  | 'triage'
  | 'waiting-for-labels'
  | 'snapshot'
  | 'fine-tuning'
  | 'evaluating'
  | 'holding'
  | 'servability'
  | 'waiting-for-approval'
  | 'rollout'
  | 'ended';

export type RunOutcome =
  | { kind: 'promoted'; version: string; sentence: string }
  | { kind: 'rejected'; version: string | null; sentence: string }
  | { kind: 'withdrawn'; version: string; sentence: string }
  | { kind: 'skipped'; sentence: string }
  | { kind: 'failed'; sentence: string };

/** What a run says that somebody has cancelled, through its workflow: it ends as one that failed. */
export const CANCELLED = 'The run was cancelled.';
export const isCancelled = (outcome: RunOutcome | null): boolean =>
  outcome?.kind === 'failed' && outcome.sentence.startsWith(CANCELLED);

export type Run = {
  id: string;
  model: string;
  trigger: Trigger;
  phase: RunPhase;
  configDigest: string;
  startedAt: string;
  endedAt: string | null;
  snapshotId: string | null;
  /** The challenger, once it is registered or picked from earlier versions. */
  version: string | null;
  verdict: Verdict | null;
  outcome: RunOutcome | null;
  promotedAt: string | null;
  trainSeconds: number | null;
  progress: TrainingProgress | null;
};

/** Whether it waits for people. */
export const isWaiting = ({ phase, outcome }: Pick<Run, 'phase' | 'outcome'>): boolean =>
  outcome === null && phase === 'waiting-for-approval';

/** How a training stood at the end of an epoch: one point of its curves. */
export type EpochScore = {
  /** From 1. */
  epoch: number;
  /** Steps taken so far. */
  step: number;
  /** Of a fixed sample of the training rows. */
  trainLoss: number;
  /** Null where there are no validation rows. */
  validation: { loss: number; /** Share of right answers, or R² of numbers. */ score: number } | null;
};

/** What a training says of itself while it runs. */
export type TrainingProgress = {
  step: number;
  steps: number;
  epoch: number;
  trainLoss: number | null;
  validationLoss: number | null;
  /** Of the next step. Null where it is not known (yet), as are the next two. */
  learningRate: number | null;
  /** Since it last said something. */
  examplesPerSecond: number | null;
  /** What the process of the training holds at this moment, its libraries included. */
  memoryMb: number | null;
  backend: string;
  /** The step of the checkpoint that it went on from after an interruption; null where it began at the first. */
  resumedAtStep: number | null;
};

/** One point of the curves of a training, as it was said while it ran. */
export type CoursePoint = Pick<TrainingProgress, 'step' | 'trainLoss' | 'validationLoss'> & {
  /** When it was said, RFC 3339. */
  at: string;
};

/** Before a training has said anything. */
export const startingUp: TrainingProgress = {
  step: 0,
  steps: 0,
  epoch: 0,
  trainLoss: null,
  validationLoss: null,
  learningRate: null,
  examplesPerSecond: null,
  memoryMb: null,
  backend: 'starting',
  resumedAtStep: null,
};
