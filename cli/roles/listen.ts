import { setImmediate, setTimeout } from 'node:timers/promises';
import { serve } from '@hono/node-server';
import { DriftloopError } from '../../domain/errors.ts';

type Server = ReturnType<typeof serve>;

/**
 * Listens where it is told; port 0 takes a free one.
 *
 * @throws DL_PORT_IN_USE, DL_PORT_UNUSABLE
 */
export function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  { port, host }: { port: number; host: string },
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: host }, () => resolve(server));
    server.once('error', (cause: NodeJS.ErrnoException) => reject(explain(cause, port, host)));
  });
}

function explain(cause: NodeJS.ErrnoException, port: number, host: string): Error {
  if (cause.code === 'EADDRINUSE')
    return new DriftloopError('DL_PORT_IN_USE', `Port ${port} on ${host} is taken by another program.`, {
      fix: 'Name another one with --port, or 0 for any free one.',
      cause,
    });
  if (cause.code === 'EACCES')
    return new DriftloopError('DL_PORT_UNUSABLE', `This user may not listen on port ${port} of ${host}.`, {
      fix: 'Name a port above 1023 with --port, or 0 for any free one.',
      cause,
    });
  if (['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN'].includes(cause.code ?? ''))
    return new DriftloopError('DL_PORT_UNUSABLE', `${host} is no address of this machine.`, {
      fix: 'Name one with --host: 127.0.0.1 for this machine only, 0.0.0.0 for every address.',
      cause,
    });
  return cause;
}

/** Requests that are on their way are answered; nobody may keep a role from ending for longer. */
const DRAIN_WITHIN_MS = 10_000;

/** A connection is accepted in one turn, and what it asks is read in the next. */
const TURNS_TO_HEAR = 3;

/** Takes no more requests, and resolves when those on their way are answered. */
export async function drain(server: Server): Promise<void> {
  // A process that was kept from its work hears first that time has passed, and then what has come in it.
  for (let turn = 0; turn < TURNS_TO_HEAR; turn += 1) await setImmediate();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const inTime = new AbortController();
  await Promise.race([closed, setTimeout(DRAIN_WITHIN_MS, undefined, { signal: inTime.signal })]);
  inTime.abort();
  if ('closeAllConnections' in server) server.closeAllConnections();
}
