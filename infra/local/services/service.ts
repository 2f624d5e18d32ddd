import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DriftloopError } from '../../../domain/errors.ts';
import { freePort } from '../free-port.ts';
import { startProcess, type Exit, type ProcessSpec, type RunningProcess } from '../keeper.ts';
import { revive } from '../revive.ts';

/** What every service of the stack is started with. */
export type ServiceSetting = {
  /** Its own folder, kept from one start to the next. */
  directory: string;
  logs: string;
  /** The ports of the last start, which are taken again where they are free: browser tabs stay valid. */
  lastPorts: readonly number[];
  /** Hears of an end by itself; it is started again at the same address. */
  onEnded?: (exit: Exit) => void;
  /** Hears of the last of too many ends. */
  onGivenUp?: (exit: Exit) => void;
};

export type Service = { process: RunningProcess; ports: readonly number[] };

/** How often a service that has lost a race for a port gets new ones. */
const PORT_ATTEMPTS = 4;
const PROBE_EVERY_MS = 60;
const LOG_TAIL_LINES = 15;

/**
 * Start a service on free ports and wait until it really answers. One that ends by itself is started again.
 *
 * @throws {DriftloopError} `DL_SERVICE_FAILED` with the end of its log, when it ends or does not answer in time
 */
export async function startService(
  plan: ServicePlan,
  { logs, lastPorts, onEnded = () => {}, onGivenUp = () => {} }: ServiceSetting,
): Promise<Service> {
  const logFile = join(logs, `${plan.name}.log`);
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(plan.portCount, attempt === 1 ? lastPorts : []);
    const start = await bringUp(plan, ports, logFile);
    if (start.outcome === 'ready') {
      const again = async (signal: AbortSignal): Promise<RunningProcess> => {
        const next = await bringUp(plan, ports, logFile, signal);
        if (next.outcome === 'ready') return next.process;
        throw failed(plan, next, logFile);
      };
      return { process: revive(start.process, { again, onEnded, onGivenUp }), ports };
    }
    if (start.outcome === 'ended' && lostThePort(start.log) && attempt < PORT_ATTEMPTS) continue;
    throw failed(plan, start, logFile);
  }
}

/** What to run for given ports, and the question that only a working service answers. */
type ServicePlan = {
  name: string;
  portCount: number;
  readyWithinMs: number;
  command: (ports: readonly number[]) => Promise<Omit<ProcessSpec, 'name' | 'logFile' | 'onExit'>>;
  isReady: (ports: readonly number[]) => Promise<boolean>;
};

type Start =
  | { outcome: 'ready'; process: RunningProcess }
  /** `log`: what it wrote meanwhile. */
  | { outcome: 'ended' | 'silent'; log: string };

async function bringUp(
  plan: ServicePlan,
  ports: readonly number[],
  logFile: string,
  signal?: AbortSignal,
): Promise<Start> {
  const logged = readLog(logFile).length;
  const process = await startProcess({ ...(await plan.command(ports)), name: plan.name, logFile });
  const outcome = await untilReady(process, () => plan.isReady(ports), plan.readyWithinMs, signal);
  if (outcome === 'ready') return { outcome, process };
  await process.stop();
  return { outcome, log: readLog(logFile).slice(logged) };
}

async function freePorts(count: number, preferred: readonly number[]): Promise<number[]> {
  const ports: number[] = [];
  for (let i = 0; i < count; i++) ports.push(await freePort(preferred[i]));
  return ports;
}

async function untilReady(
  process: RunningProcess,
  isReady: () => Promise<boolean>,
  withinMs: number,
  signal?: AbortSignal,
): Promise<'ready' | 'ended' | 'silent'> {
  let ended = false;
  void process.exited.then(() => (ended = true));
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (ended || signal?.aborted) return 'ended';
    if (await isReady()) return 'ready';
    await wait(PROBE_EVERY_MS);
  }
  return 'silent';
}

const lostThePort = (log: string): boolean => /address (already )?in use|could not bind/i.test(log);

const readLog = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

const failed = (
  { name, readyWithinMs }: ServicePlan,
  { outcome, log }: Exclude<Start, { outcome: 'ready' }>,
  logFile: string,
) => {
  const tail = log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  const what =
    outcome === 'ended' ? 'ended while it was starting' : `did not answer within ${readyWithinMs / 1000} s`;
  return new DriftloopError('DL_SERVICE_FAILED', `${name} ${what}.\n${tail}`, {
    fix: `Read ${logFile}; \`driftloop doctor\` says which version was used.`,
    retryable: true,
  });
};
