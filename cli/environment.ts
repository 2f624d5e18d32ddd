import { DriftloopError } from '../domain/errors.ts';
import { readDevFile } from './dev-file.ts';

/** Where the parts are. Read from the environment, or from what a running `driftloop dev` left in `.driftloop`. */
export type Environment = {
  namespace: string;
  databaseUrl: string;
  temporal: {
    address: string;
    namespace: string;
    apiKey?: string;
    tls?: { certFile: string; keyFile: string; caFile?: string };
  };
  kafka: {
    brokers: string[];
    ssl: boolean;
    sasl?: { mechanism: string; username: string; password: string };
  };
  prometheusUrl: string;
  alertmanagerUrl: string;
  /** A folder (S3 joins when it is built). */
  artifacts: string;
  /** Asked for at every door that is not health or metrics. */
  token: string;
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

const LEAST_TOKEN = 16;

function refuseUnusable(artifacts: string, token: string): void {
  if (/^[a-z0-9]+:\/\//i.test(artifacts)) {
    throw new DriftloopError(
      'DL_ARTIFACTS_UNSUPPORTED',
      `DRIFTLOOP_ARTIFACTS is ${artifacts}: only a folder is known.`,
      {
        fix: 'Name a folder that every role reaches, such as a mounted volume.',
      },
    );
  }
  if (token.length < LEAST_TOKEN) {
    throw new DriftloopError(
      'DL_TOKEN_TOO_SHORT',
      `DRIFTLOOP_TOKEN has ${token.length} characters: it can be guessed.`,
      {
        fix: `Set one of at least ${LEAST_TOKEN}, such as: openssl rand -base64 24`,
      },
    );
  }
}

/** Reads the environment; every missing variable is named at once. */
export function readEnvironment(source: NodeJS.ProcessEnv = process.env, dev = readDevFile()): Environment {
  const env: Record<string, string | undefined> = { ...dev?.environment, ...source };
  const missing = Object.entries(required)
    .filter(([name]) => !env[name])
    .map(([name, meaning]) => `${name}: ${meaning}`);
  if (missing.length > 0) throw new EnvironmentIncomplete(missing);
  refuseUnusable(env['DRIFTLOOP_ARTIFACTS']!, env['DRIFTLOOP_TOKEN']!);
  const temporalTls = env['DRIFTLOOP_TEMPORAL_TLS_CERT'] && env['DRIFTLOOP_TEMPORAL_TLS_KEY'];
  return {
    namespace: env['DRIFTLOOP_NAMESPACE'] ?? 'default',
    databaseUrl: env['DATABASE_URL']!,
    temporal: {
      address: env['DRIFTLOOP_TEMPORAL_ADDRESS']!,
      namespace: env['DRIFTLOOP_TEMPORAL_NAMESPACE'] ?? 'default',
      ...(env['DRIFTLOOP_TEMPORAL_API_KEY'] ? { apiKey: env['DRIFTLOOP_TEMPORAL_API_KEY'] } : {}),
      ...(temporalTls
        ? {
            tls: {
              certFile: env['DRIFTLOOP_TEMPORAL_TLS_CERT']!,
              keyFile: env['DRIFTLOOP_TEMPORAL_TLS_KEY']!,
              ...(env['DRIFTLOOP_TEMPORAL_TLS_CA'] ? { caFile: env['DRIFTLOOP_TEMPORAL_TLS_CA'] } : {}),
            },
          }
        : {}),
    },
    kafka: {
      brokers: env['DRIFTLOOP_KAFKA_BROKERS']!.split(',').map((b) => b.trim()),
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
    },
    prometheusUrl: env['DRIFTLOOP_PROMETHEUS_URL']!,
    alertmanagerUrl: env['DRIFTLOOP_ALERTMANAGER_URL'] ?? '',
    artifacts: env['DRIFTLOOP_ARTIFACTS']!,
    token: env['DRIFTLOOP_TOKEN']!,
  };
}
