import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
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
 * Plain JavaScript: `npm ci` runs under it, before TypeScript can be loaded.
 *
 * @template T
 * @param {string} name what is locked; the folder it protects belongs into it
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once, when somebody else is at it
 * @returns {Promise<T>}
 */
export async function exclusively(name, work, onWait) {
  let told = false;
  for (;;) {
    const release = await takeLock(name);
    if (release) {
      try {
        return await work();
      } finally {
        await release();
      }
    }
    if (!told) onWait?.();
    told = true;
    await ownerGone(socketAddress(name));
  }
}

/**
 * Take a lock that is let go when this process ends, if not before.
 *
 * @param {string} name
 * @returns {Promise<(() => Promise<void>) | null>} how to let go of it; null where somebody else has it
 */
export async function takeLock(name) {
  const lock = await listen(socketAddress(name));
  return lock && (() => close(lock));
}

const socketAddress = (name) => {
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 24);
  return process.platform === 'linux' ? `\0driftloop-${digest}` : join(tmpdir(), `driftloop-${digest}.sock`);
};

const listen = (address) =>
  new Promise((resolve, reject) => {
    const waiting = new Set();
    const server = createServer((socket) => {
      waiting.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => waiting.delete(socket));
    });
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)));
    server.listen(address, () => {
      // The work keeps the process alive, not the lock.
      server.unref();
      resolve({ server, waiting });
    });
  });

const close = ({ server, waiting }) =>
  new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of waiting) socket.destroy();
  });

const ownerGone = (address) =>
  new Promise((resolve) => {
    const socket = connect(address);
    socket.once('error', (error) => {
      if (error.code === 'ECONNREFUSED' && !address.startsWith('\0')) rmSync(address, { force: true });
      setTimeout(resolve, 20);
    });
    socket.once('close', () => setTimeout(resolve, 5));
    socket.resume();
  });
