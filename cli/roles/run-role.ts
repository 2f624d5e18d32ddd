import { rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import pino from 'pino';
import type { Log } from '../../domain/log-events.ts';
import { readEnvironment } from '../environment.ts';
import { reportFailure } from '../output.ts';
import { refusePersonal } from '../people.ts';
import { openTracing, whereInTrace } from '../tracing.ts';
import type { OpenTracing } from '../tracing.ts';
import { createDoor } from './door.ts';
import { endByFault } from './end-by-fault.ts';
import { drain, listen } from './listen.ts';
import type { RoleName, StartRole } from './role.ts';
import { createWaiting } from './wait-for.ts';

const starters: Record<RoleName, () => Promise<{ start: StartRole }>> = {
  server: () => import('./server.ts'),
  monitor: () => import('./monitor.ts'),
  worker: () => import('./worker.ts'),
  'worker-gpu': () => import('./worker-gpu.ts'),
  console: () => import('./console.ts'),
};

export type RoleOptions = { port: number; host: string; addressFile?: string };

/** For this long a role that leaves still takes requests: a balancer has to hear of it, and the kernel may hold connections that would be reset. */
const LINGER_MS = 1_000;

/**
 * Runs a role until SIGTERM or SIGINT: JSON lines on stdout, the address in a file for whoever started it. It answers
 * from the first moment, and is ready when it does its work: what is away is waited for, a mistake ends it with 1.
 */
export async function runRole(name: RoleName, options: RoleOptions): Promise<void> {
  const environment = readEnvironment();
  refusePersonal(environment);
  let tracing: OpenTracing | null = null;
  const libraryLog = pino({
    base: { role: name },
    level: process.env['DRIFTLOOP_LOG_LEVEL'] ?? 'info',
    ...(environment.traces === null ? {} : { mixin: () => whereInTrace(tracing) }),
  });
  const log: Log = libraryLog;
  tracing = await openTracing(environment, { service: `driftloop-${name}`, log });
  const { start } = await starters[name]();
  const leaving = new AbortController();
  const signalled = new Promise<string>((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
  });
  void signalled.then(() => leaving.abort());
  const { waitFor, missing } = createWaiting(log, leaving.signal);
  const door = createDoor({ missing, isLeaving: () => leaving.signal.aborted });
  const server = await listen(door.answer, options);
  const { port } = server.address() as AddressInfo;
  const address = `http://${options.host}:${port}`;
  if (options.addressFile !== undefined)
    await writeWhole(options.addressFile, `${JSON.stringify({ address, pid: process.pid })}\n`);
  log.info({ address }, 'listening');

  const beside = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) => {
      if (!leaving.signal.aborted) endByFault(log, error, 'the role cannot go on');
    });
  const role = await start({
    environment,
    log,
    libraryLog,
    tracing,
    waitFor,
    beside,
    ending: leaving.signal,
  }).catch((error: unknown) => {
    if (!leaving.signal.aborted) {
      reportFailure(error, false);
      process.exit();
    }
    return null;
  });
  if (role !== null) {
    door.open(role);
    log.info({ address }, 'started');
  }

  log.info({ signal: await signalled }, 'stopping');
  await setTimeout(LINGER_MS);
  await drain(server);
  await role?.stop();
  await tracing?.close();
  log.info({}, 'stopped');
  // With the exit code that a fault may have set.
  process.exit();
}

/** A reader never sees half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}
