import type { ModelConfig } from '../model-config.ts';

/**
 * The constants of the regret policy: when to retrain, on what, and whether to keep the result. Counts are labelled
 * rows; a price is counted in errors. The defaults are the ones that were measured (docs/decisions/regret-policy.md).
 */
export type RegretPolicy = Readonly<{
  /** What one training is worth, in errors: retrain when regret has reached it. Larger trains less often. */
  price: number;
  /** Rise of the error rate over the reference that costs nothing. Larger is calmer and later. */
  slack: number;
  /** Rows after a takeover that give the champion's reference error rate. */
  referenceRows: number;
  /** Labelled rows between two trainings. */
  gap: number;
  /** Fewest rows after a clear onset that a challenger is trained on. */
  minRows: number;
  /** Most rows that a challenger is trained on: the newest ones. */
  maxRows: number;
  /** Rows to train on when no onset is clear: the newest ones. */
  fallbackRows: number;
  /** Log-likelihood gain, in nats, from which an onset counts as clear. */
  clearOnsetGain: number;
  /** A promoted challenger is trained once more when the rows since onset have grown by this factor… */
  growth: number;
  /** …while that many rows are at most this. */
  growthMaxRows: number;
  /** Level of every e-value test: evidence is E > 1/α. */
  alpha: number;
  /** Rows after which a patient gate decides for the side that is ahead. */
  patience: number;
  /** Newest rows since onset on which earlier versions are compared with the champion. */
  memoryRows: number;
}>;

export const defaultPolicy: RegretPolicy = {
  price: 50,
  slack: 0.02,
  referenceRows: 300,
  gap: 500,
  minRows: 250,
  maxRows: 4000,
  fallbackRows: 2000,
  clearOnsetGain: 3,
  growth: 4,
  growthMaxRows: 8000,
  alpha: 0.05,
  patience: 300,
  memoryRows: 100,
};

/** The policy of a model: its config's knobs over the defaults. `minLabels` can only ask for more rows. */
export const regretPolicyOf = ({ retrain, gate }: Pick<ModelConfig, 'retrain' | 'gate'>): RegretPolicy => ({
  ...defaultPolicy,
  price: retrain.price,
  patience: retrain.patience,
  minRows: Math.max(defaultPolicy.minRows, retrain.minLabels),
  alpha: gate.alpha,
});
