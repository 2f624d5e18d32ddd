import { DriftloopError } from '../domain/errors.ts';
import type { KafkaConnection } from '../infra/kafka/connection.ts';
import { environmentProblems, kafkaOf, temporalOf } from '../infra/local/given.ts';
import type { TemporalAddress } from '../infra/temporal/connect.ts';
import { readTraceSettings } from '../infra/tracing/settings.ts';
import type { TraceSettings } from '../infra/tracing/settings.ts';
import { readDevFile } from './dev-file.ts';

/** Where the parts are. Read from the environment, or from what a running `driftloop dev` left in `.driftloop`. */
export type Environment = {
  namespace: string;
  databaseUrl: string;
  temporal: TemporalAddress;
  kafka: KafkaConnection & { ssl: boolean };
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** A folder (S3 joins when it is built). */
  artifacts: string;
  /** Asked for at every door that is not health or metrics. */
  token: string;
  /** Set by `dev` alone: whoever has the installation's token is this person, and an admin. */
  localUser: string | null;
  /** Null where traces are off. */
  traces: TraceSettings | null;
};

const required = {
  DATABASE_URL: 'the PostgreSQL database, such as postgres://user:password@host:5432/driftloop',
  DRIFTLOOP_TEMPORAL_ADDRESS: 'the Temporal frontend, such as temporal:7233',
  DRIFTLOOP_KAFKA_BROKERS: 'the Kafka brokers, such as kafka-1:9092,kafka-2:9092',
  DRIFTLOOP_PROMETHEUS_URL: 'Prometheus, such as http://prometheus:9090',
  DRIFTLOOP_ARTIFACTS: 'the folder of the artifacts',
  DRIFTLOOP_TOKEN: 'the bearer token of the HTTP doors (at least 16 characters)',
} as const;

export class EnvironmentIncomplete extends DriftloopError {
  constructor(missing: string[]) {
    super(
      'DL_ENVIRONMENT_INCOMPLETE',
      `These variables are not set:\n${missing.map((m) => `  ${m}`).join('\n')}`,
      {
        fix: 'Set them, or start a local installation with "driftloop dev" in this folder.',
      },
    );
  }
}

/** Several at once; one alone keeps its own code. */
function refuseUnusable(problems: readonly DriftloopError[]): void {
  if (problems.length === 0) return;
  if (problems.length === 1) throw problems[0]!;
  throw new DriftloopError(
    'DL_ENVIRONMENT_INVALID',
    `These variables cannot be right:\n${problems.map(({ message, fix }) => `  ${message} ${fix}`).join('\n')}`,
    { fix: 'Correct each of them.' },
  );
}

/** Reads the environment; every missing variable is named at once. */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env, dev = readDevFile()): Environment {
  const env: Record<string, string | undefined> = { ...dev?.environment, ...source };
  const missing = Object.entries(required)
    .filter(([name]) => !env[name])
    .map(([name, meaning]) => `${name}: ${meaning}`);
  if (missing.length > 0) throw new EnvironmentIncomplete(missing);
  refuseUnusable(environmentProblems(env));
  return {
    namespace: env['DRIFTLOOP_NAMESPACE'] ?? 'default',
    databaseUrl: env['DATABASE_URL']!,
    temporal: temporalOf(env, env['DRIFTLOOP_TEMPORAL_ADDRESS']!),
    kafka: kafkaOf(env, env['DRIFTLOOP_KAFKA_BROKERS']!),
    prometheusUrl: env['DRIFTLOOP_PROMETHEUS_URL']!,
    alertmanagerUrl: env['DRIFTLOOP_ALERTMANAGER_URL'] ?? '',
    artifacts: env['DRIFTLOOP_ARTIFACTS']!,
    token: env['DRIFTLOOP_TOKEN']!,
    localUser: env['DRIFTLOOP_LOCAL_USER'] || null,
    traces: readTraceSettings(env),
  };
}
