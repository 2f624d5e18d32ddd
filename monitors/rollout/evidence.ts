/** What is counted of an arm during a phase; cumulative, so that a test over it may be looked at as often as one likes. */
export type ArmCounts = Readonly<{
  requests: number;
  /** The server's fault (5xx), not the caller's. */
  errors: number;
  /** To single instances, those that could be none included. */
  answers: number;
  /** Of them NaN, infinite or of the wrong shape. */
  invalid: number;
  /** Cumulative counts of requests by the upper bound of their seconds, as in a histogram of Prometheus. */
  buckets: Buckets;
}>;

/** Rising bounds, `Infinity` last, and how many requests took no longer. */
export type Buckets = readonly (readonly [seconds: number, requests: number])[];

/** The challenger and whom it is held against: the champion's sample of equal size, its own traffic, or its past. */
export type Arms = Readonly<{ challenger: ArmCounts; champion: ArmCounts }>;

export const percentOf = (share: number): string =>
  `${(100 * share).toFixed(share !== 0 && Math.abs(share) < 0.001 ? 2 : 1)} %`;
export const pointsOf = (share: number): string =>
  `${(100 * share).toFixed(share !== 0 && Math.abs(share) < 0.001 ? 2 : 1)} points`;
