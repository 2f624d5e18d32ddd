/**
 * Does a part of the local stack answer? Asked while it starts; the clients are loaded when they are needed, so that
 * they do not slow every command down.
 */

/** Does the frontend serve, and know its namespace? */
export const isTemporalHealthy = (address: string): Promise<boolean> =>
  holds(async () => {
    const { reachTemporal } = await import('../temporal/connect.ts');
    await reachTemporal({ address, namespace: 'default' });
  });

/** Is there a broker that leads the cluster and tells its metadata? */
export const isKafkaHealthy = (brokers: string): Promise<boolean> =>
  holds(async () => {
    const { reachKafka } = await import('../kafka/reach.ts');
    if ((await reachKafka({ brokers: brokers.split(',') })).brokers === 0) throw new Error('no broker');
  });

/** Does it answer a query? */
export const isPostgresHealthy = (databaseUrl: string): Promise<boolean> =>
  holds(async () => {
    const { reachPostgres } = await import('../postgres/reach.ts');
    await reachPostgres(databaseUrl);
  });

/** Is Prometheus, or Alertmanager, ready? Both have the same door. */
export const isReadyOverHttp = (url: string): Promise<boolean> =>
  holds(async () => {
    const { reachPrometheus } = await import('../prometheus/reach.ts');
    await reachPrometheus(url);
  });

/** A refused connection is an answer: no. */
async function holds(question: () => Promise<unknown>): Promise<boolean> {
  try {
    await question();
    return true;
  } catch {
    return false;
  }
}
