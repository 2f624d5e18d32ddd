/** What a reader is told of an estimator of performance without labels. */
export type Estimator = Readonly<{
  name: string;
  /** The question, in one sentence. */
  answers: string;
  needs: string;
  /** How to see, on rows whose truth is known, whether its assumption holds. */
  check: string;
  /** What the band around the estimate covers. */
  band: string;
  /** When it cannot be trusted. */
  notTrusted: string;
  source: string;
}>;

export const about = (estimator: Estimator): Estimator => estimator;
