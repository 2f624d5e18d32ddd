/** What the decision to end depends on. */
export type EndingFacts = {
  until: 'promoted' | 'end';
  /** Rows answered so far, and the rows that were to be played. */
  answered: number;
  planned: number;
  /** Rows answered since the first promotion after the change; null before it. */
  sincePromotion: number | null;
  /** The stream has no end of its own, so it can be played on until the story is told. */
  isEndless: boolean;
  isRunInFlight: boolean;
};

/** Rows that are still played after a promotion, so that the accuracy after it can be told. */
export const tailRows = 200;
/** A simulation waits so many more rows for a run in flight to end. */
export const patienceRows = 600;

/** Whether enough was played. A file ends by itself; a simulation goes on until the loop has closed. */
export function isEnough(facts: EndingFacts): boolean {
  const { until, answered, planned, sincePromotion, isEndless, isRunInFlight } = facts;
  const hasClosed = sincePromotion !== null && sincePromotion >= tailRows;
  if (until === 'promoted') return hasClosed;
  if (!isEndless) return answered >= planned;
  if (!hasClosed || answered < planned) return false;
  return !isRunInFlight || answered >= planned + patienceRows;
}
