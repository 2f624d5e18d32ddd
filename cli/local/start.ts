import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { planConfig, refuseOrphans } from '../../console/policy/plan-config.ts';
import type { ConfigPlan } from '../../console/policy/plan-config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { DriftloopConfig } from '../../domain/model-config.ts';
import type { Loop } from '../../domain/ports.ts';
import { freePort } from '../../infra/local/free-port.ts';
import type { Exit } from '../../infra/local/keeper.ts';
import type { PartEvent } from '../../infra/local/part.ts';
import { refuseBrokenEnvironment } from '../../infra/local/preflight.ts';
import { startStack } from '../../infra/local/stack.ts';
import type { LocalStack } from '../../infra/local/stack.ts';
import { ensureTopics } from '../../infra/kafka/topics.ts';
import { writePrometheusFiles } from '../../infra/prometheus/files.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { generateRules, longestWindowMs } from '../../monitors/rules/generate-rules.ts';
import { refuseSecond, writeDevFile } from '../dev-file.ts';
import { readEnvironment } from '../environment.ts';
import { machineUser, refusePersonal } from '../people.ts';
import type { Environment } from '../environment.ts';
import { roleNames } from '../roles/role.ts';
import type { RoleName } from '../roles/role.ts';
import { migrateSchema } from '../wiring.ts';
import { openStores } from '../../infra/postgres/open-stores.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';
import { startRoleProcess } from './role-process.ts';
import type { RoleProcess } from './role-process.ts';

const WEEK_MS = 7 * 86_400_000;

export type Report = (
  event: PartEvent | { part: RoleName | 'driftloop'; phase: PartEvent['phase']; message: string },
) => void;

export type LocalOptions = {
  config: DriftloopConfig;
  /** The stack's data, logs and artifacts. */
  stateDir: string;
  /** Where `dev.json` is written for the commands beside it; null writes none. */
  devFolder: string | null;
  /** False: the state is removed at the end. */
  keepData: boolean;
  /** How often Prometheus scrapes and evaluates. */
  scrapeIntervalMs?: number;
  /** How often a supervisor asks Prometheus itself. */
  beatMs?: number;
  report?: Report;
  /** Hears of a role or a service that ended by itself; it is started again at the same address. */
  onEnded?: (name: string, exit: Exit) => void;
  /** Hears of a role or a service that has ended by itself too often, and is not started again. */
  onFailure?: (name: string, exit: Exit) => void;
};

export type RunningDriftloop = {
  addresses: {
    server: string;
    console: string;
    monitor: string;
    temporalUi: string | null;
    prometheus: string;
    alertmanager: string;
  };
  /** The console with the token in its address: opens without typing. */
  consoleLogin: string;
  token: string;
  environment: Environment;
  stores: Stores;
  loop: Loop;
  stack: LocalStack;
  /** What following a changed config would do; it only reads. */
  plan(config: DriftloopConfig): Promise<ConfigPlan>;
  /** Follows a changed config; what runs goes on with the one that it began with. False where nothing has changed. */
  apply(config: DriftloopConfig): Promise<boolean>;
  stop(): Promise<void>;
};

/**
 * Starts the local stack and every role over it, with the config applied. Everything that is started ends with
 * this process.
 */
export async function startDriftloop(options: LocalOptions): Promise<RunningDriftloop> {
  const { config, stateDir, report = () => {}, scrapeIntervalMs = 1_000, beatMs = 1_000 } = options;
  if (options.devFolder !== null) await refuseSecond(options.devFolder);
  await refuseBrokenEnvironment();
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close().catch(() => {});
  };
  const { onEnded = () => {}, onFailure = () => {} } = options;
  try {
    const stack = await startStack({
      stateDir,
      keepData: options.keepData,
      report,
      // A window reads the value of one window ago: samples are kept for a good part longer.
      prometheus: { scrapeIntervalMs, retentionMs: Math.max(WEEK_MS, 1.5 * longestWindowMs(config.models)) },
      onServiceEnded: onEnded,
      onServiceGivenUp: onFailure,
    });
    closers.push(() => stack.stop());
    // Known before the console is up: the worker tells others where to fetch what was promoted.
    const consolePort = await freePort();
    const variables = {
      DRIFTLOOP_CONSOLE_URL: process.env['DRIFTLOOP_CONSOLE_URL'] ?? `http://127.0.0.1:${consolePort}`,
      ...environmentOf(stack, { stateDir, namespace: config.namespace, beatMs }),
    };
    const environment = readEnvironment(variables, null);
    refusePersonal(environment);
    await mkdir(environment.artifacts, { recursive: true });

    report({ part: 'driftloop', phase: 'looking', message: 'schema, topics and config' });
    await Promise.all([migrateSchema(environment), ensureTopics(environment.kafka, config.namespace)]);
    const stores = await openStores(environment);
    closers.push(() => stores.close());
    await stores.models.apply(config, 'dev');

    const roles = await startRoles(variables, { stateDir, consolePort, report, onEnded, onFailure }, closers);
    const address = (name: RoleName) => roles.find((role) => role.name === name)!.address;
    const { loop, close } = await connectLoop(environment);
    closers.push(close);
    const watching = {
      token: environment.token,
      console: address('console'),
      evaluationMs: scrapeIntervalMs,
    };
    /** Prometheus learns what the config asks for, and each model gets its supervisor. */
    const follow = async (next: DriftloopConfig) => {
      await watch(stack, next, roles, watching);
      await Promise.all(next.models.map((model) => loop.ensureSupervisor(model.name)));
    };
    await follow(config);

    const { temporalUi, prometheus, alertmanager } = stack.addresses;
    const addresses = {
      server: address('server'),
      console: address('console'),
      monitor: address('monitor'),
      temporalUi,
      prometheus,
      alertmanager,
    };
    if (options.devFolder !== null)
      closers.push(
        await writeDevFile(options.devFolder, {
          pid: process.pid,
          environment: variables,
          addresses: stringsOf(addresses),
          stateDir: path.resolve(stateDir),
        }),
      );
    return {
      addresses,
      consoleLogin: `${addresses.console}/?token=${environment.token}`,
      token: environment.token,
      environment,
      stores,
      loop,
      stack,
      plan: (next) => planConfig(stores, next),
      async apply(next) {
        if (next.namespace !== config.namespace) throw otherNamespace(config.namespace, next.namespace);
        refuseOrphans(await planConfig(stores, next));
        const { changed } = await stores.models.apply(next, 'dev');
        if (changed) await follow(next);
        return changed;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const stringsOf = (record: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== null));

/** The names that scripts rely on, for the roles and for the commands beside a running `dev`. */
function environmentOf(
  stack: LocalStack,
  { stateDir, namespace, beatMs }: { stateDir: string; namespace: string; beatMs: number },
): Record<string, string> {
  const { temporal, kafkaBrokers, databaseUrl, prometheus, alertmanager } = stack.addresses;
  return {
    DRIFTLOOP_NAMESPACE: namespace,
    DATABASE_URL: databaseUrl,
    DRIFTLOOP_TEMPORAL_ADDRESS: temporal,
    DRIFTLOOP_KAFKA_BROKERS: kafkaBrokers,
    DRIFTLOOP_PROMETHEUS_URL: prometheus,
    DRIFTLOOP_ALERTMANAGER_URL: alertmanager,
    DRIFTLOOP_ARTIFACTS: process.env['DRIFTLOOP_ARTIFACTS'] ?? path.join(stateDir, 'artifacts'),
    DRIFTLOOP_TOKEN: process.env['DRIFTLOOP_TOKEN'] ?? randomBytes(24).toString('base64url'),
    DRIFTLOOP_LOCAL_USER: process.env['DRIFTLOOP_LOCAL_USER'] ?? machineUser(),
    DRIFTLOOP_BEAT_MS: String(beatMs),
    DRIFTLOOP_ROUTE_FILE: path.join(stateDir, 'routes.json'),
    ...(stack.addresses.temporalUi ? { DRIFTLOOP_TEMPORAL_UI_URL: stack.addresses.temporalUi } : {}),
  };
}

async function startRoles(
  env: Record<string, string>,
  {
    stateDir,
    consolePort,
    report,
    onEnded,
    onFailure,
  }: Required<Pick<LocalOptions, 'stateDir' | 'report' | 'onEnded' | 'onFailure'>> & { consolePort: number },
  closers: (() => Promise<void>)[],
): Promise<RoleProcess[]> {
  const began = Date.now();
  const started: RoleProcess[] = [];
  // At once: each takes requests for a moment longer before it leaves.
  closers.push(async () => void (await Promise.all(started.map((role) => role.process.stop()))));
  const results = await Promise.allSettled(
    roleNames.map(async (name) => {
      const role = await startRoleProcess({
        name,
        folder: stateDir,
        env,
        ...(name === 'console' ? { port: consolePort } : {}),
        onEnded: (exit) => onEnded(name, exit),
        onGivenUp: (exit) => onFailure(name, exit),
      });
      started.push(role);
      report({
        part: name,
        phase: 'ready',
        message: `up after ${((Date.now() - began) / 1000).toFixed(1)} s`,
      });
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return started;
}

/** Prometheus learns what to scrape and what to decide; Alertmanager learns whom to tell. */
async function watch(
  stack: LocalStack,
  config: DriftloopConfig,
  roles: readonly RoleProcess[],
  { token, console, evaluationMs }: { token: string; console: string; evaluationMs: number },
): Promise<void> {
  const consoleUrl = process.env['DRIFTLOOP_CONSOLE_URL'] ?? console;
  const rules = generateRules(config.models, { namespace: config.namespace, evaluationMs, consoleUrl });
  const targets = roles.map(({ name, address }) => ({
    address: new URL(address).host,
    labels: { driftloop_role: name },
  }));
  await writePrometheusFiles(
    { rulesDir: stack.prometheusDir.rules, targetsDir: stack.prometheusDir.targets },
    rules,
    targets,
    config.namespace,
  );
  await Promise.all([
    stack.reloadPrometheus(),
    stack.reloadAlertmanager({ webhookUrl: `${console}/alerts`, bearerToken: token }),
  ]);
}

const otherNamespace = (present: string, next: string) =>
  new DriftloopError(
    'DL_NAMESPACE_MISMATCH',
    `This runs the namespace "${present}"; the config is for "${next}" now.`,
    {
      fix: 'Stop it and start it again: another namespace has topics, queues and tables of its own.',
    },
  );
