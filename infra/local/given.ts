import { readFileSync } from 'node:fs';
import { DriftloopError } from '../../domain/errors.ts';
import type { KafkaConnection } from '../kafka/connection.ts';
import type { TemporalAddress } from '../temporal/connect.ts';
import { traceProblems } from '../tracing/settings.ts';
import type { Environment } from './part.ts';

/** What the environment says about parts that somebody else runs: where they are, and how to come in. */

export const kafkaOf = (env: Environment, brokers: string): KafkaConnection & { ssl: boolean } => ({
  brokers: brokers.split(',').map((broker) => broker.trim()),
  ssl: env['DRIFTLOOP_KAFKA_TLS'] === 'true',
  ...(env['DRIFTLOOP_KAFKA_SASL_USERNAME']
    ? {
        sasl: {
          mechanism: env['DRIFTLOOP_KAFKA_SASL_MECHANISM'] ?? 'plain',
          username: env['DRIFTLOOP_KAFKA_SASL_USERNAME'],
          password: env['DRIFTLOOP_KAFKA_SASL_PASSWORD'] ?? '',
        },
      }
    : {}),
});

export function temporalOf(env: Environment, address: string): TemporalAddress {
  const [apiKey, certFile, keyFile, caFile] = ['API_KEY', 'TLS_CERT', 'TLS_KEY', 'TLS_CA'].map(
    (name) => env[`DRIFTLOOP_TEMPORAL_${name}`],
  );
  return {
    address,
    namespace: env['DRIFTLOOP_TEMPORAL_NAMESPACE'] ?? 'default',
    ...(apiKey ? { apiKey } : {}),
    ...(certFile && keyFile ? { tls: { certFile, keyFile, ...(caFile ? { caFile } : {}) } } : {}),
  };
}

const LEAST_TOKEN = 16;

type Check = (value: string) => string | null;
const isUrl =
  (protocols: readonly string[], example: string): Check =>
  (value) =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol)
      ? null
      : `is no address such as ${example}`;
const areHosts =
  (example: string): Check =>
  (value) =>
    value.split(',').every((host) => /^[^\s/:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i.test(host.trim()))
      ? null
      : `is not HOST:PORT, such as ${example}`;
const isReadable: Check = (value) => {
  try {
    readFileSync(value);
    return null;
  } catch (error) {
    return `cannot be read: ${(error as Error).message}`;
  }
};

const checks: Readonly<Record<string, Check>> = {
  DRIFTLOOP_NAMESPACE: (value) =>
    /^[a-z][a-z0-9-]{0,30}$/.test(value) ? null : 'must be lower case letters, digits and "-"',
  DATABASE_URL: isUrl(['postgres:', 'postgresql:'], 'postgres://user:password@host:5432/driftloop'),
  DRIFTLOOP_TEMPORAL_ADDRESS: areHosts('temporal:7233'),
  DRIFTLOOP_KAFKA_BROKERS: areHosts('kafka-1:9092,kafka-2:9092'),
  DRIFTLOOP_PROMETHEUS_URL: isUrl(['http:', 'https:'], 'http://prometheus:9090'),
  DRIFTLOOP_ALERTMANAGER_URL: isUrl(['http:', 'https:'], 'http://alertmanager:9093'),
  DRIFTLOOP_CONSOLE_URL: isUrl(['http:', 'https:'], 'https://driftloop.example.org'),
  DRIFTLOOP_TOKEN: (value) =>
    /^[!-~]+$/.test(value) ? null : 'holds a blank or a letter that no HTTP header can carry',
  DRIFTLOOP_TEMPORAL_TLS_CERT: isReadable,
  DRIFTLOOP_TEMPORAL_TLS_KEY: isReadable,
  DRIFTLOOP_TEMPORAL_TLS_CA: isReadable,
};

/** Everything about the values alone that cannot be right; asks nobody. */
export function environmentProblems(env: Environment): DriftloopError[] {
  const problems = Object.entries(checks).flatMap(([name, check]) => {
    const value = env[name];
    const problem = value ? check(value) : null;
    return problem === null ? [] : [invalid(name, problem)];
  });
  const [artifacts, token] = [env['DRIFTLOOP_ARTIFACTS'], env['DRIFTLOOP_TOKEN']];
  if (artifacts && /^[a-z0-9]+:\/\//i.test(artifacts))
    problems.push(
      new DriftloopError(
        'DL_ARTIFACTS_UNSUPPORTED',
        `DRIFTLOOP_ARTIFACTS is ${artifacts}: only a folder is known.`,
        { fix: 'Name a folder that every role reaches, such as a mounted volume.' },
      ),
    );
  if (token && token.length < LEAST_TOKEN)
    problems.push(
      new DriftloopError(
        'DL_TOKEN_TOO_SHORT',
        `DRIFTLOOP_TOKEN has ${token.length} characters: it can be guessed.`,
        { fix: `Set one of at least ${LEAST_TOKEN}, such as: openssl rand -base64 24` },
      ),
    );
  return [...problems, ...traceProblems(env)];
}

// The value is not said: it may hold a password.
const invalid = (name: string, problem: string) =>
  new DriftloopError('DL_ENVIRONMENT_INVALID', `${name} ${problem}.`, { fix: `Correct ${name}.` });
