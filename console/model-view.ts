import type { Asked, Told } from '../domain/approval.ts';
import type { Takeover, Version } from '../domain/version.ts';
import type { AlertRow } from '../domain/ports.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { Run, RunPhase } from '../domain/run.ts';
import type { Triage } from '../domain/triage.ts';
import type { SaidAlarmBudget } from '../monitors/drift-budget/watch-budget.ts';
import type { BudgetStanding } from '../monitors/policy/training-budget.ts';

/** What a page and the JSON API know of a model: plain JSON, gathered at one moment. */
export type ModelView = {
  name: string;
  /** When it was gathered, RFC 3339. */
  at: string;
  task: {
    kind: string;
    labels: readonly string[];
    /** How far off a right number may be; null where answers are no numbers. */
    tolerance: number | null;
  };
  features: number;
  retrain: ModelConfig['retrain'];
  approval: ModelConfig['approval'];
  rollout: ModelConfig['rollout'];
  paused: boolean;
  /** How it stands with its training budget; null where it has none. */
  budget: BudgetStanding | null;
  /** How long it was trained over the last 30 days, and what that cost where a price is set. */
  spend: Spend;
  /** The budget of false alarms of its drift monitor, and whether it is kept; null where it has none. */
  alarmBudget: SaidAlarmBudget | null;
  objective: Objective | null;
  /** `promotedAt`: when it took over last. */
  champion: Version | null;
  /** The newest first; a version that came back is there again. */
  takeovers: Takeover[];
  /** `share` (0–1) is of what it answers: 0 while it only sees copies. */
  challenger: { version: string; share: number } | null;
  /** Labelled examples so far. */
  labelled: number;
  live: Live;
  health: Health;
  alerts: StoredAlert[];
  runs: RunView[];
  versions: Version[];
};

/** Of trainings; `cost` is null where nobody has said what an hour of training costs. */
export type Spend = { minutes: number; cost: { amount: number; currency: string } | null };

export type Objective = { metric: string; atLeast: number; windowMs: number };
export type StoredAlert = AlertRow & { receivedAt: string };

/** What Prometheus says now, or that it says nothing. */
export type Live = ({ state: 'answers' } & LiveFigures) | { state: 'silent'; code: string; problem: string };

export type LiveFigures = {
  windowMs: number;
  inputWindowMs: number;
  /** Of the champion, as known, over the window; null without labelled rows. */
  accuracy: number | null;
  labelledInWindow: number | null;
  /** Accuracy of the champion as it is expected without labels; null before it is calibrated. */
  estimated: EstimatedFigures | null;
  regret: number | null;
  price: number | null;
  predictions: number | null;
  predictionsPerSecond: number | null;
  drift: FeatureDrift[];
  /** Of the champion in the window, by bin of the score of its answers; bins without predictions are left out. */
  coverage: ScoreCoverage[];
  /** Of the champion in the window, by the value of each declared slice. */
  slices: SliceFigures[];
};

/** `accuracy` is null where no label became known of such rows. */
export type SliceFigures = {
  slice: string;
  value: string;
  accuracy: number | null;
  labelled: number;
  predictions: number;
};

/** How many predictions had a score of this bin, and how many labels became known of such. */
export type ScoreCoverage = { bin: string; predictions: number; labelled: number };

/** Three standard errors either way; `trusted` is null with too few labels to tell. */
export type EstimatedFigures = { accuracy: number; low: number; high: number; trusted: boolean | null };

/** How far a feature is from the champion's training rows. */
export type FeatureDrift = {
  feature: string;
  psi: number;
  rows: number | null;
  /** Shares by bin, in order; what the champion was trained on, and the window. Empty where not known. */
  bins: { bin: string; reference: number; live: number }[];
};

export type HealthWord = 'steady' | 'suspected' | 'worse' | 'unknown';
export type Health = {
  word: HealthWord;
  /** When the oldest alert behind the word began; null where no alert is behind it. */
  since: string | null;
  /** The sentences of those alerts. */
  because: string[];
};

export type RunView = Run & {
  /** Only of the newest runs; older ones carry an empty story. */
  story: { phase: RunPhase; sentence: string; at: string }[];
  /** What triage said last; null where it has not been asked, or the story is not here. */
  triage: Triage | null;
  /** When the run began to wait for a person; null where it does not. */
  waitsSince: string | null;
  /** What it asks, and until when. */
  asked: Asked | null;
  /** What a person said last about it; null where nobody has. */
  decision: (Told & { at: string }) | null;
};

/** A line in a chart: `[ms since the epoch, value]`, a gap where it has none. */
export type Series = { version: string; role: 'champion' | 'challenger'; points: [number, number][] };
export type History = {
  from: number;
  to: number;
  stepMs: number;
  accuracy: Series[];
  labelled: [number, number][];
  regret: [number, number][];
  /** Accuracy of the champion as it was expected without labels. */
  estimated: [number, number][];
  /** Accuracy of the champion, whichever version it was, by the value of each declared slice. */
  slices: { slice: string; value: string; points: [number, number][] }[];
};

/** A step of event time: what was predicted in it, and what is known of that by now. */
export type HappenedStep = {
  at: number;
  version: string;
  predictions: number;
  labelled: number;
  correct: number;
};
/** The view "as happened", from the database: it needs no Prometheus. */
export type HappenedHistory = { from: number; to: number; stepMs: number; steps: HappenedStep[] };
