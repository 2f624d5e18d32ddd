/**
 * What is needed to say of a version, before any label has come, how good its answers are expected to be: learnt once, on
 * the first rows that it answered and whose labels are known. See monitors/estimate.ts.
 */
export type PerformanceEstimator = Readonly<{
  /** Labelled rows that it was learnt on. */
  rows: number;
  /** Of each label, in the order of the task: the curve from score to probability; null where the score is one. */
  curves: readonly (Readonly<{ x: readonly number[]; y: readonly number[] }> | null)[];
  /** Variance that chance gives each metric of one row; null where the rows could not tell. */
  spreads: Readonly<Record<EstimatedQuality, number | null>>;
  /** What only how sure an answer is says of it; absent where a version was calibrated before this was kept. */
  confidence?: ConfidenceEstimators;
}>;

/** Estimators of the accuracy alone, from the score of the answer. */
export const confidenceMethods = ['atc', 'difference-of-confidences'] as const;
export type ConfidenceMethod = (typeof confidenceMethods)[number];
export type ConfidenceEstimators = Readonly<{
  /** The score from which on ATC takes an answer for right. */
  sureFrom: number;
  methods: Readonly<
    Record<
      ConfidenceMethod,
      Readonly<{
        /** What is added to the mean of what a method says of rows. */
        offset: number;
        /** Variance of one row between whether it is right and what the method says of it. */
        spread: number;
      }>
    >
  >;
}>;

export const estimatedQualities = ['accuracy', 'macroPrecision', 'macroRecall', 'macroF1'] as const;
export type EstimatedQuality = (typeof estimatedQualities)[number];
