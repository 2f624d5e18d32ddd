import { rename, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import pino from 'pino';
import { DriftloopError } from '../../domain/errors.ts';
import { readEnvironment } from '../environment.ts';
import type { RoleName, StartRole } from './role.ts';

const starters: Record<RoleName, () => Promise<{ start: StartRole }>> = {
  server: () => import('./server.ts'),
  monitor: () => import('./monitor.ts'),
  worker: () => import('./worker.ts'),
  'worker-gpu': () => import('./worker-gpu.ts'),
  console: () => import('./console.ts'),
};

export type RoleOptions = { port: number; host: string; addressFile?: string };

/** Runs a role until SIGTERM or SIGINT: JSON lines on stdout, the address in a file for whoever started it. */
export async function runRole(name: RoleName, options: RoleOptions): Promise<void> {
  const log = pino({ base: { role: name }, level: process.env['DRIFTLOOP_LOG_LEVEL'] ?? 'info' });
  const environment = readEnvironment();
  const { start } = await starters[name]();
  const role = await start({ environment, log });
  let leaving = false;
  const server = await listen(
    (request) =>
      leaving && new URL(request.url).pathname === '/readyz' ? notReady() : role.app.fetch(request),
    options,
  );
  const { port } = server.address() as AddressInfo;
  const address = `http://${options.host}:${port}`;
  if (options.addressFile !== undefined)
    await writeWhole(options.addressFile, `${JSON.stringify({ address, pid: process.pid })}\n`);
  log.info({ address }, 'ready');

  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', () => resolve('SIGTERM'));
    process.once('SIGINT', () => resolve('SIGINT'));
  });
  log.info({ signal }, 'stopping');
  leaving = true;
  await setTimeout(LINGER_MS);
  await drain(server);
  await role.stop();
  log.info('stopped');
  // With the exit code that a fault may have set.
  process.exit();
}

/** For this long a role that leaves still takes requests: a balancer has to hear of it, and the kernel may hold connections that would be reset. */
const LINGER_MS = 300;

const notReady = () => Response.json({ status: 'leaving' }, { status: 503 });

/** Requests that are on their way are answered; nobody may keep a role from ending for longer. */
const DRAIN_WITHIN_MS = 10_000;

async function drain(server: ReturnType<typeof serve>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const inTime = new AbortController();
  await Promise.race([closed, setTimeout(DRAIN_WITHIN_MS, undefined, { signal: inTime.signal })]);
  inTime.abort();
  if ('closeAllConnections' in server) server.closeAllConnections();
}

function listen(fetch: Parameters<typeof serve>[0]['fetch'], { port, host }: RoleOptions) {
  return new Promise<ReturnType<typeof serve>>((resolve, reject) => {
    const server = serve({ fetch, port, hostname: host }, () => resolve(server));
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new DriftloopError('DL_PORT_IN_USE', `Port ${port} on ${host} is taken by another program.`, {
              fix: 'Name another one with --port, or 0 for any free one.',
              cause,
            })
          : cause,
      );
    });
  });
}

/** A reader never sees half of it. */
async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file);
}
