import type { ConnectionOptions } from '@temporalio/client';

/**
 * The question that only a healthy part answers, for each part. Used by the stack while it starts, and by
 * `driftloop doctor`. The clients are loaded when they are needed: a probe must not slow every command down.
 */

/** Longer than any healthy part on this machine takes to answer. */
const PATIENCE_MS = 3000;

export type TemporalAccess = { tls?: ConnectionOptions['tls']; apiKey?: string };
export type KafkaAccess = {
  ssl?: boolean;
  sasl?: { mechanism: string; username: string; password: string };
};

/** Does the frontend serve, and know this namespace? */
export async function isTemporalHealthy(
  address: string,
  namespace = 'default',
  { tls, apiKey }: TemporalAccess = {},
): Promise<boolean> {
  const { Connection } = await import('@temporalio/client');
  return holds(async () => {
    const connection = await Connection.connect({
      address,
      connectTimeout: PATIENCE_MS,
      ...(tls === undefined ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
    });
    try {
      await connection.withDeadline(Date.now() + PATIENCE_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
      return true;
    } finally {
      await connection.close();
    }
  });
}

/** Is there a broker that leads the cluster and tells its metadata? */
export async function isKafkaHealthy(brokers: string, { ssl, sasl }: KafkaAccess = {}): Promise<boolean> {
  const { Kafka, logLevel } = await import('kafkajs');
  const kafka = new Kafka({
    brokers: brokers.split(',').map((broker) => broker.trim()),
    clientId: 'driftloop-probe',
    logLevel: logLevel.NOTHING,
    connectionTimeout: PATIENCE_MS,
    requestTimeout: PATIENCE_MS,
    retry: { retries: 0 },
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: sasl as never }),
  });
  const admin = kafka.admin();
  return holds(async () => {
    try {
      await admin.connect();
      return (await admin.describeCluster()).brokers.length > 0;
    } finally {
      await admin.disconnect();
    }
  });
}

/** Does it answer a query? */
export async function isPostgresHealthy(databaseUrl: string): Promise<boolean> {
  const { default: pg } = await import('pg');
  return holds(async () => {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: PATIENCE_MS });
    // An error between queries must not end this process.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } finally {
      await client.end();
    }
  });
}

/** Is Prometheus, or Alertmanager, ready? Both have the same door. */
export const isReadyOverHttp = (url: string): Promise<boolean> =>
  holds(async () => {
    const response = await fetch(`${url.replace(/\/$/, '')}/-/ready`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    await response.body?.cancel();
    return response.ok;
  });

/** A refused connection is an answer: no. */
async function holds(question: () => Promise<boolean>): Promise<boolean> {
  try {
    return await question();
  } catch {
    return false;
  }
}
