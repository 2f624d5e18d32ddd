import { ourError, withoutPassword } from '../../domain/errors.ts';
import { reachKafka } from '../kafka/reach.ts';
import { checkSchema } from '../postgres/migrate.ts';
import { reachPostgres } from '../postgres/reach.ts';
import { reachAlertmanager, reachPrometheus } from '../prometheus/reach.ts';
import { reachTemporal } from '../temporal/connect.ts';
import { kafkaOf, temporalOf } from './given.ts';
import type { Environment, Installed, Located, Part, PartName, Tools } from './part.ts';
import { allParts } from './parts.ts';
import { FETCHED_FOR, locate } from './provision.ts';
import type { StackAddresses } from './stack-services.ts';
import { realTools } from './tools.ts';

/** What the doctor found out about one part. */
export type PartReport = {
  part: PartName;
  title: string;
  where: Located['where'] | 'missing' | 'not needed';
  /** What it says of itself where it was asked, else what was found; null where neither says it. */
  version: string | null;
  /** A path or an address, fit to be shown: without a password. */
  at: string | null;
  /** Null where nothing of it is running that could be asked. */
  healthy: boolean | null;
  /** Why it is not healthy, with its code. */
  problem: { code: string | null; message: string } | null;
  /** True where the loop runs without it. */
  optional: boolean;
  /** What to type; null where nothing has to be done. */
  fix: string | null;
};

/** The question for each part that runs as a service: what it is, or why it is not healthy. */
export type Probes = Partial<Record<PartName, (address: string) => Promise<{ version: string | null }>>>;

/** Asks as the roles would, with their keys and certificates. */
const realProbes = (env: Environment): Probes => ({
  temporal: (address) => reachTemporal(temporalOf(env, address)),
  kafka: async (brokers) => {
    const { brokers: n } = await reachKafka(kafkaOf(env, brokers));
    // Brokers do not tell their release.
    return { version: `${n} broker${n === 1 ? '' : 's'}` };
  },
  postgres: async (databaseUrl) => {
    const found = await reachPostgres(databaseUrl);
    await checkSchema(databaseUrl, env['DRIFTLOOP_NAMESPACE'] ?? 'default');
    return found;
  },
  prometheus: reachPrometheus,
  alertmanager: reachAlertmanager,
});

/** What a part answered: `error` where it is not healthy. */
type Answered = { version: string | null } | { error: unknown };

async function ask(probe: Probes[PartName], address: string | undefined): Promise<Answered | null> {
  if (probe === undefined || address === undefined) return null;
  return await probe(address).catch((error: unknown) => ({ error }));
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
      const answered = await ask(probes[part.name], address);
      return reportOf(part, found, { address, answered, platform: tools.platform });
    }),
  );
}

type Seen = { address: string | undefined; answered: Answered | null; platform: string };

/** The report of one part, from what was found and what it answered. Pure. */
export function reportOf(part: Part, found: Located | null, seen: Seen): PartReport {
  const { address, answered } = seen;
  const said = answered !== null && 'version' in answered ? answered.version : null;
  const isThere = found !== null && found.where !== 'environment';
  return {
    part: part.name,
    title: part.title,
    where: found?.where ?? 'missing',
    version: (isThere ? found.version : null) ?? said,
    at: address !== undefined ? withoutPassword(address) : found ? firstFile(found) : null,
    healthy: answered === null ? null : !('error' in answered),
    problem: answered !== null && 'error' in answered ? explain(answered.error) : null,
    optional: part.isOptional ?? false,
    fix: whatToType(part, found, seen),
  };
}

const explain = (error: unknown): { code: string | null; message: string } => ({
  code: ourError(error)?.code ?? null,
  message: error instanceof Error ? error.message : String(error),
});

function whatToType(part: Part, found: Located | null, { address, answered, platform }: Seen): string | null {
  if (answered !== null && 'error' in answered) {
    const known = ourError(answered.error);
    // It is there, and says itself what is wrong.
    if (known !== null && !known.retryable) return known.fix;
    return found?.where === 'environment'
      ? `Start what should answer at ${withoutPassword(address ?? '')}, or unset ${part.variable} to use a local one.`
      : 'Stop `driftloop dev` (Ctrl-C in its terminal) and start it again.';
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
  problem: null,
  optional: part.isOptional ?? false,
  fix: null,
});

const firstFile = (found: Located): string | null =>
  Object.values<string>((found as Installed).files ?? {})[0] ?? null;
