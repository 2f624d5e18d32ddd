import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { ErrorCode } from '../../domain/error-codes.ts';

/** How to reach the brokers. */
export type KafkaConnection = {
  brokers: readonly string[];
  ssl?: boolean;
  sasl?: { mechanism: string; username: string; password: string };
};

export type KafkaLog = (line: {
  level: 'warn' | 'error';
  message: string;
  code?: ErrorCode;
  [key: string]: unknown;
}) => void;

/** kafkajs has had no release since 2024, so it stays behind the ports: nothing outside this folder knows it. */
export const connect = (connection: KafkaConnection, clientId: string, log: KafkaLog = () => {}): Kafka =>
  new Kafka({
    ...clientConfig(connection, clientId),
    connectionTimeout: 5_000,
    requestTimeout: 30_000,
    // A broker may be away for minutes; who waits decides how long, not the client.
    retry: { initialRetryTime: 200, maxRetryTime: 5_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ level, log: { message, logger: _logger, timestamp: _timestamp, ...rest } }) =>
        log({ ...rest, level: level <= logLevel.ERROR ? 'error' : 'warn', message }),
  });

/** Where the brokers are, and who asks. */
export const clientConfig = (
  { brokers, ssl, sasl }: KafkaConnection,
  clientId: string,
): Pick<KafkaConfig, 'clientId' | 'brokers' | 'ssl' | 'sasl'> => ({
  clientId,
  brokers: [...brokers],
  ...(ssl === true ? { ssl: true } : {}),
  // The mechanism comes from the environment; the broker refuses one that it does not know.
  ...(sasl === undefined ? {} : { sasl: sasl as SASLOptions }),
});
