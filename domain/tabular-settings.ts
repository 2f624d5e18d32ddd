/** Everything that the training of a network for columns is told, beside its rows. */
export type TabularSettings = Readonly<{
  /** Units of the hidden layers (ReLU). */
  hidden: readonly number[];
  /** The highest rate, of Adam. */
  learningRate: number;
  /** How it goes on from there; all but `constant` end at 0. */
  schedule: 'cosine' | 'linear' | 'constant';
  /** Share of the steps in which it rises from 0. */
  warmupShare: number;
  /** Rows a step. */
  batchSize: number;
  /** Passes over the rows, at most. */
  epochs: number;
  /** Bounds of the steps, whatever the epochs. */
  minSteps: number;
  maxSteps: number;
  /** Share of the rows that is kept out for early stopping and calibration. */
  validationShare: number;
  /** Epochs without a better validation loss after which it stops. */
  patience: number;
  /** The same seed and rows give the same weights. */
  seed: number;
  /** `balanced`: rare labels count as much as frequent ones. */
  classWeights: 'none' | 'balanced';
}>;
