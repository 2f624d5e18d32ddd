/** What a monitor says. `unknown` is an answer of its own: no data is neither health nor drift. */
export type FindingLevel = 'steady' | 'suspected' | 'detected' | 'unknown';

export type Finding = {
  monitor: string;
  level: FindingLevel;
  /** What was measured, and the bound that it is held against. */
  value: number | null;
  bound: number | null;
  sentence: string;
};
