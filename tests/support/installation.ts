import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readEnvironment, type Environment } from '../../cli/environment.ts';
import { startRoleOnce } from '../../cli/local/role-process.ts';
import type { RoleName } from '../../cli/roles/role.ts';
import { migrateSchema } from '../../cli/wiring.ts';
import type { DriftloopConfig } from '../../domain/model-config.ts';
import type { Loop } from '../../domain/ports.ts';
import { ensureTopics } from '../../infra/kafka/topics.ts';
import type { LocalStack } from '../../infra/local/stack.ts';
import { openStores, type Stores } from '../../infra/postgres/open-stores.ts';
import { writePrometheusFiles } from '../../infra/prometheus/files.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';

/** One namespace on a stack that several share, with the roles that a team chose to run. */
export type Installation = {
  environment: Environment;
  /** Where its parts are, as a program or a role is told. */
  variables: Readonly<Record<string, string>>;
  stores: Stores;
  loop: Loop;
  address(role: RoleName): string;
  stop(): Promise<void>;
};

export async function startInstallation(
  stack: LocalStack,
  config: DriftloopConfig,
  options: {
    folder: string;
    roles: readonly RoleName[];
    token: string;
    artifacts: string;
    env?: Readonly<Record<string, string>>;
  },
): Promise<Installation> {
  const { namespace } = config;
  const { roles: names, token, artifacts, env: more } = options;
  const folder = path.join(options.folder, namespace);
  const { temporal, kafkaBrokers, databaseUrl, prometheus, alertmanager } = stack.addresses;
  const env = {
    ...more,
    DRIFTLOOP_NAMESPACE: namespace,
    DATABASE_URL: databaseUrl,
    DRIFTLOOP_TEMPORAL_ADDRESS: temporal,
    DRIFTLOOP_KAFKA_BROKERS: kafkaBrokers,
    DRIFTLOOP_PROMETHEUS_URL: prometheus,
    DRIFTLOOP_ALERTMANAGER_URL: alertmanager,
    DRIFTLOOP_ARTIFACTS: artifacts,
    DRIFTLOOP_TOKEN: token,
    DRIFTLOOP_BEAT_MS: '500',
  };
  const environment = readEnvironment(env, null);
  await mkdir(artifacts, { recursive: true });
  await Promise.all([migrateSchema(environment), ensureTopics(environment.kafka, namespace)]);
  const stores = await openStores(environment);
  await stores.models.apply(config, 'a test');
  const started = names.map(async (name) => ({ name, ...(await startRoleOnce({ name, folder, env })) }));
  const roles = await Promise.all(started);
  const targets = roles.map(({ name, address }) => ({
    address: new URL(address).host,
    labels: { driftloop_role: name },
  }));
  const rules = generateRules(config.models, { namespace, evaluationMs: 1_000 });
  const { rules: rulesDir, targets: targetsDir } = stack.prometheusDir;
  await writePrometheusFiles({ rulesDir, targetsDir }, rules, targets, namespace);
  await stack.reloadPrometheus();
  const { loop, close } = await connectLoop(environment);
  for (const { name } of config.models) await loop.ensureSupervisor(name);
  return {
    environment,
    variables: env,
    stores,
    loop,
    address: (role) => roles.find(({ name }) => name === role)!.address,
    async stop() {
      await Promise.all(roles.map(({ process: running }) => running.stop()));
      await close();
      await stores.close();
    },
  };
}
