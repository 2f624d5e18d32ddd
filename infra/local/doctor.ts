import { readFileSync } from 'node:fs';
import type { Environment, Installed, Located, Part, PartName, Tools } from './part.ts';
import { allParts } from './parts.ts';
import {
  isKafkaHealthy,
  isPostgresHealthy,
  isReadyOverHttp,
  isTemporalHealthy,
  type KafkaAccess,
  type TemporalAccess,
} from './probes.ts';
import { FETCHED_FOR, locate } from './provision.ts';
import type { StackAddresses } from './stack-services.ts';
import { realTools } from './tools.ts';

/** What the doctor found out about one part. */
export type PartReport = {
  part: PartName;
  title: string;
  where: Located['where'] | 'missing' | 'not needed';
  version: string | null;
  /** A path or an address, fit to be shown: without a password. */
  at: string | null;
  /** Null where nothing of it is running that could be asked. */
  healthy: boolean | null;
  /** True where the loop runs without it. */
  optional: boolean;
  /** What to type; null where nothing has to be done. */
  fix: string | null;
};

/** The question for each part that runs as a service. */
export type Probes = Partial<Record<PartName, (address: string) => Promise<boolean>>>;

/** Asks as the roles would, with their keys and certificates. */
const realProbes = (env: Environment): Probes => ({
  temporal: (address) =>
    isTemporalHealthy(address, env['DRIFTLOOP_TEMPORAL_NAMESPACE'] ?? 'default', temporalAccess(env)),
  kafka: (brokers) => isKafkaHealthy(brokers, kafkaAccess(env)),
  postgres: isPostgresHealthy,
  prometheus: isReadyOverHttp,
  alertmanager: isReadyOverHttp,
});

function temporalAccess(env: Environment): TemporalAccess {
  const apiKey = env['DRIFTLOOP_TEMPORAL_API_KEY'];
  if (apiKey) return { apiKey, tls: true };
  const [crt, key, ca] = ['CERT', 'KEY', 'CA'].map((name) => env[`DRIFTLOOP_TEMPORAL_TLS_${name}`]);
  if (!crt || !key) return {};
  return {
    tls: {
      clientCertPair: { crt: readFileSync(crt), key: readFileSync(key) },
      ...(ca ? { serverRootCACertificate: readFileSync(ca) } : {}),
    },
  };
}

function kafkaAccess(env: Environment): KafkaAccess {
  const [username, password, mechanism] = ['USERNAME', 'PASSWORD', 'MECHANISM'].map(
    (name) => env[`DRIFTLOOP_KAFKA_SASL_${name}`],
  );
  return {
    ssl: env['DRIFTLOOP_KAFKA_TLS'] === 'true',
    ...(username ? { sasl: { mechanism: mechanism ?? 'plain', username, password: password ?? '' } } : {}),
  };
}

const runningAt = (running: Partial<StackAddresses>): Partial<Record<PartName, string>> => ({
  ...(running.temporal && { temporal: running.temporal }),
  ...(running.kafkaBrokers && { kafka: running.kafkaBrokers }),
  ...(running.databaseUrl && { postgres: running.databaseUrl }),
  ...(running.prometheus && { prometheus: running.prometheus }),
  ...(running.alertmanager && { alertmanager: running.alertmanager }),
});

/**
 * Look at every part: where it is, which version, whether it answers, what to type. Fetches and starts
 * nothing.
 *
 * @param running the addresses of a stack that is up (of `driftloop dev`), whose parts are then asked too
 */
export async function examineParts({
  env = process.env,
  tools = realTools(env),
  probes = realProbes(env),
  running = {},
}: {
  env?: Environment;
  tools?: Tools;
  probes?: Probes;
  running?: Partial<StackAddresses>;
} = {}): Promise<PartReport[]> {
  const addresses = runningAt(running);
  return Promise.all(
    allParts.map(async (part) => {
      if (part.isNeeded && !(await part.isNeeded(tools))) return notNeeded(part);
      const found = await locate(part, tools);
      const address = found?.where === 'environment' ? found.address : addresses[part.name];
      const healthy = address === undefined ? null : ((await probes[part.name]?.(address)) ?? null);
      return reportOf(part, found, { address, healthy, platform: tools.platform });
    }),
  );
}

/** The report of one part, from what was found and what it answered. Pure. */
export function reportOf(
  part: Part,
  found: Located | null,
  seen: { address: string | undefined; healthy: boolean | null; platform: string },
): PartReport {
  return {
    part: part.name,
    title: part.title,
    where: found?.where ?? 'missing',
    version: found && found.where !== 'environment' ? found.version : null,
    at: seen.address !== undefined ? withoutPassword(seen.address) : found ? firstFile(found) : null,
    healthy: seen.healthy,
    optional: part.isOptional ?? false,
    fix: whatToType(part, found, seen),
  };
}

function whatToType(
  part: Part,
  found: Located | null,
  { address, healthy, platform }: { address: string | undefined; healthy: boolean | null; platform: string },
): string | null {
  if (healthy === false) {
    const at = withoutPassword(address ?? '');
    return found?.where === 'environment'
      ? `Nothing healthy answers at ${at}: start it, or unset ${part.variable} to use a local one.`
      : `It does not answer at ${at}: stop \`driftloop dev\` and start it again.`;
  }
  if (found) return null;
  if (platform === FETCHED_FOR && part.sources.length > 0) {
    return `Nothing: \`driftloop dev\` and \`npm run demo\` fetch it. Or: ${part.fix}`;
  }
  return part.fix;
}

const notNeeded = (part: Part): PartReport => ({
  part: part.name,
  title: part.title,
  where: 'not needed',
  version: null,
  at: null,
  healthy: null,
  optional: part.isOptional ?? false,
  fix: null,
});

const firstFile = (found: Located): string | null =>
  Object.values<string>((found as Installed).files ?? {})[0] ?? null;

const withoutPassword = (address: string): string => address.replace(/^(\w+:\/\/[^:@/]*):[^@]*@/, '$1:***@');
