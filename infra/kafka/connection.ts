import { Kafka, logLevel, type KafkaConfig, type SASLOptions } from 'kafkajs';
import type { LogFields, LogMessage } from '../../domain/log-events.ts';

/** How to reach the brokers. */
export type KafkaConnection = {
  brokers: readonly string[];
  ssl?: boolean;
  sasl?: { mechanism: string; username: string; password: string };
};

/** Lines of ours, and what kafkajs says in its own words. */
export type KafkaLog = (
  line:
    | { [M in LogMessage]: { message: M; fields: LogFields<M> } }[LogMessage]
    | {
        from: 'kafkajs';
        level: 'warn' | 'error';
        message: string;
        fields: Readonly<Record<string, unknown>>;
      },
) => void;

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
        log({
          from: 'kafkajs',
          level: level <= logLevel.ERROR ? 'error' : 'warn',
          message,
          fields: rest,
        }),
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
