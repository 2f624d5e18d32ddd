import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Do `work` while no other process on this machine does the work of the same name.
 *
 * The lock is a listening local socket, not a file: the kernel takes it away at the moment its owner dies,
 * so there is no stale lock to find, no age to guess, and nothing left behind after a Ctrl-C or a kill -9.
 * Who has to wait holds a connection to the owner and goes on at the moment it closes. On Linux the socket
 * is an abstract one (no file at all); elsewhere a socket file, whose corpse refuses connections.
 *
 * @param name what is locked; the folder it protects belongs into it
 * @param onWait called once, when somebody else is at it
 */
export async function exclusively<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T> {
  const address = socketAddress(name);
  let told = false;
  for (;;) {
    const server = await listen(address);
    if (server) {
      try {
        return await work();
      } finally {
        await close(server);
      }
    }
    if (!told) onWait?.();
    told = true;
    await ownerGone(address);
  }
}

const socketAddress = (name: string): string => {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 24);
  return process.platform === 'linux' ? `\0driftloop-${digest}` : join(tmpdir(), `driftloop-${digest}.sock`);
};

type LockServer = { server: Server; waiting: Set<{ destroy(): void }> };

const listen = (address: string): Promise<LockServer | undefined> =>
  new Promise((resolve, reject) => {
    const waiting: LockServer['waiting'] = new Set();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => waiting.delete(socket));
    });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address, () => {
      // The work keeps the process alive, not the lock.
      server.unref();
      resolve({ server, waiting });
    });
  });

const close = ({ server, waiting }: LockServer): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of waiting) socket.destroy();
  });

const ownerGone = (address: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(address);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' && !address.startsWith('\0')) rmSync(address, { force: true });
      setTimeout(resolve, 20);
    });
    socket.once('close', () => setTimeout(resolve, 5));
    socket.resume();
  });
