import { Kafka, logLevel } from 'kafkajs';
import { DriftloopError, ourError } from '../../domain/errors.ts';
import { clientConfig, type KafkaConnection } from './connection.ts';

/** Longer than a healthy broker takes to answer. */
const PATIENCE_MS = 3_000;

/**
 * Asks the brokers for their cluster, once.
 *
 * @throws DL_KAFKA_UNREACHABLE, DL_KAFKA_REFUSED
 */
export async function reachKafka(connection: KafkaConnection): Promise<{ brokers: number }> {
  const admin = new Kafka({
    ...clientConfig(connection, 'driftloop-probe'),
    logLevel: logLevel.NOTHING,
    connectionTimeout: PATIENCE_MS,
    authenticationTimeout: PATIENCE_MS,
    requestTimeout: PATIENCE_MS,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    return { brokers: (await admin.describeCluster()).brokers.length };
  } catch (error) {
    throw kafkaProblem(connection, error);
  } finally {
    await admin.disconnect().catch(() => {});
  }
}

/** An error of kafkajs in our words; any other as it is. */
export function kafkaProblem({ brokers }: Pick<KafkaConnection, 'brokers'>, error: unknown): unknown {
  if (ourError(error) !== null || !(error instanceof Error) || !error.name.startsWith('KafkaJS'))
    return error;
  const at = `Kafka at ${brokers.join(',')}`;
  if (isRefusal(error))
    return new DriftloopError('DL_KAFKA_REFUSED', `${at} refuses: ${error.message}`, {
      fix: 'Correct DRIFTLOOP_KAFKA_SASL_USERNAME, …_PASSWORD, …_MECHANISM and DRIFTLOOP_KAFKA_TLS, or grant the access.',
      cause: error,
    });
  return new DriftloopError('DL_KAFKA_UNREACHABLE', `${at} cannot be reached: ${error.message}`, {
    fix: 'See that it runs and that DRIFTLOOP_KAFKA_BROKERS are its addresses; "driftloop doctor" checks it.',
    cause: error,
  });
}

/** kafkajs wraps what it has tried often enough. */
function isRefusal(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    const type = 'type' in e ? String(e.type) : '';
    if (/SASL/.test(e.name) || /AUTHENTICATION|AUTHORIZATION|SASL/.test(type)) return true;
  }
  return false;
}
