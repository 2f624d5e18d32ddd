import type { Freeze } from '../../domain/rollout-config.ts';
import type { RolloutLook, RolloutStanding, RolloutTimes, Stage } from '../../domain/rollout.ts';
import type { DrillSeen } from '../versions/way-back.ts';
import type { RunOutcome, RunPhase } from '../../domain/run.ts';

/** What a page and the JSON API know of the rollouts of a model: plain JSON, gathered at one moment. */
export type RolloutView = {
  model: string;
  champion: string | null;
  /** The version that production would go back to; null where there is none. */
  wayBack: string | null;
  /** The one that goes on or was asked for; null where none does. */
  shown: ShownRollout | null;
  /** Those that are over, newest first. */
  past: PastRollout[];
  /** Why nothing moves forward now, or null. */
  frozen: string | null;
  freezes: readonly Freeze[];
  /** How the way back did when it was last tried; null where no try is known. */
  drill: DrillSeen | null;
};

export type PastRollout = {
  runId: string;
  version: string;
  kind: 'promoted' | 'withdrawn';
  sentence: string;
  endedAt: string;
};

/** A stretch of time in a phase. */
export type PhaseSpan = { stage: Stage; from: number; to: number };

export type ShownRollout = {
  runId: string;
  version: string;
  /** Whom it is held against. */
  over: string;
  isOpen: boolean;
  phase: RunPhase;
  outcome: RunOutcome | null;
  /** Where it is; null where it is over, or its workflow does not answer. */
  standing: RolloutStanding | null;
  /** Why the workflow of one that goes on could not be asked; null where it could. */
  silence: string | null;
  /** Each from its beginning; the last until now or until the end. */
  phases: PhaseSpan[];
  planned: PhaseSpan[];
  /** When it is looked at next; ms since 1970, null where it is over. */
  nextLookAt: number | null;
  times: RolloutTimes;
  /** What the canary draws by: the field of the context, or null for single predictions. */
  entity: string | null;
  /** The oldest first. */
  looks: RolloutLook[];
  /** What its story says, the oldest first. */
  told: Told[];
};

/** A sentence of the story; `says` is a judgement's kind or a person's word. */
export type Told = { at: string; sentence: string; says: string | null };
