import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import getPort from 'get-port';
import { DriftloopError } from '../../../domain/errors.ts';
import { startProcess, type Exit, type ProcessSpec, type RunningProcess } from '../keeper.ts';

/** What every service of the stack is started with. */
export type ServiceSetting = {
  /** Its own folder, kept from one start to the next. */
  directory: string;
  logs: string;
  /** The ports of the last start, which are taken again where they are free: browser tabs stay valid. */
  lastPorts: readonly number[];
  onExit: (exit: Exit) => void;
};

export type Service = { process: RunningProcess; ports: readonly number[] };

/** How often a service that has lost a race for a port gets new ones. */
const PORT_ATTEMPTS = 4;
const PROBE_EVERY_MS = 60;
const LOG_TAIL_LINES = 15;

/**
 * Start a service on free ports and wait until it really answers.
 *
 * @param plan what to run for given ports, and the question that only a working service answers
 * @throws {DriftloopError} `DL_SERVICE_FAILED` with the end of its log, when it ends or does not answer in time
 */
export async function startService(
  plan: {
    name: string;
    portCount: number;
    readyWithinMs: number;
    command: (ports: readonly number[]) => Promise<Omit<ProcessSpec, 'name' | 'logFile' | 'onExit'>>;
    isReady: (ports: readonly number[]) => Promise<boolean>;
  },
  { logs, lastPorts, onExit }: ServiceSetting,
): Promise<Service> {
  const logFile = join(logs, `${plan.name}.log`);
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(plan.portCount, attempt === 1 ? lastPorts : []);
    const logged = readLog(logFile).length;
    let isUp = false;
    const process = await startProcess({
      ...(await plan.command(ports)),
      name: plan.name,
      logFile,
      // Before it is up, its end is our own error; afterwards it is news.
      onExit: (exit) => isUp && onExit(exit),
    });
    const outcome = await untilReady(process, () => plan.isReady(ports), plan.readyWithinMs);
    if (outcome === 'ready') {
      isUp = true;
      return { process, ports };
    }
    await process.stop();
    const log = readLog(logFile).slice(logged);
    if (outcome === 'ended' && lostThePort(log) && attempt < PORT_ATTEMPTS) continue;
    throw failed(plan.name, outcome, log, logFile, plan.readyWithinMs);
  }
}

async function freePorts(count: number, preferred: readonly number[]): Promise<number[]> {
  const ports: number[] = [];
  for (let i = 0; i < count; i++) {
    const last = preferred[i];
    ports.push(await getPort({ host: '127.0.0.1', ...(last === undefined ? {} : { port: last }) }));
  }
  return ports;
}

async function untilReady(
  process: RunningProcess,
  isReady: () => Promise<boolean>,
  withinMs: number,
): Promise<'ready' | 'ended' | 'silent'> {
  let ended = false;
  void process.exited.then(() => (ended = true));
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    if (ended) return 'ended';
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

const failed = (name: string, outcome: 'ended' | 'silent', log: string, logFile: string, ms: number) => {
  const tail = log.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
  const what = outcome === 'ended' ? 'ended while it was starting' : `did not answer within ${ms / 1000} s`;
  return new DriftloopError('DL_SERVICE_FAILED', `${name} ${what}.\n${tail}`, {
    fix: `Read ${logFile}; \`driftloop doctor\` says which version was used.`,
    retryable: true,
  });
};
