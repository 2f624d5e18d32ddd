import type { RegretPolicy } from '../../domain/policy/regret-policy.ts';

/** What is replayed. Rows are numbered from 0; a window [from, to) leaves `to` out. */
export type ReplayStream<Model> = Readonly<{
  labels: ArrayLike<number>;
  /** Rows that the first champion is trained on; those that follow are replayed. */
  firstRows: number;
  /** Rows between a prediction and its label. */
  delay: number;
  /** Rows between two looks at what is known; default 25. */
  decideEvery?: number;
  /** What one training costs, in errors; default 50. */
  price?: number;
  train(window: { from: number; to: number; version: number }): Model | Promise<Model>;
  predict(model: Model, from: number, to: number): ArrayLike<number> | Promise<ArrayLike<number>>;
}>;

export type ReplayPolicy =
  | Readonly<{ kind: 'never' }>
  /** Every `every` rows on the newest `last` labelled ones, promoted without a gate. */
  | Readonly<{ kind: 'schedule'; every: number; last: number }>
  /** `trigger`: a detector whose drift is reason to train, in the place of a regret that has reached its price. */
  | Readonly<{ kind: 'regret'; constants?: Partial<RegretPolicy>; trigger?: Trigger }>;

/** Of a detector of streams, as much as a trigger needs; it sees the champion's errors, 0 or 1. */
export type Trigger = {
  /** A fresh one, for a champion that takes over: folds errors, and says whether any of them was a drift. */
  begin(): (errors: ArrayLike<number>) => boolean;
};

/** One look: row `row` is about to be answered, the first `labelled` rows have labels. */
export type Look = Readonly<{ row: number; labelled: number }>;

export type PromotedBy = 'evidence' | 'patience' | 'memory' | 'schedule';

export type ReplayEvent = Look &
  Readonly<{ version: number }> &
  (
    | Readonly<{ kind: 'train'; reason: string; from: number; to: number }>
    | Readonly<{ kind: 'promote'; over: number; by: PromotedBy; isFalse: boolean }>
    | Readonly<{ kind: 'reject'; by: string }>
  );

export type Replay = Readonly<{
  accuracy: number;
  errors: number;
  /** Every challenger counts, kept or not; the first champion does not. */
  trainings: number;
  promotions: number;
  /** Promotions after which the next 1,000 rows went worse than with the old champion. */
  falsePromotions: number;
  /** errors + price × trainings */
  cost: number;
  events: readonly ReplayEvent[];
  /** What was answered to row firstRows + i: 1 for an error. */
  answered: Uint8Array;
}>;
