import type { StartRole } from './role.ts';

/** Ingest from Kafka, the champion's regret, and the metrics that Prometheus decides by. */
export const start: StartRole = async () => {
  throw new Error('being wired');
};
