import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

const BEAT_MS = 10_000;
/** Whoever has not been heard of for so long holds nothing any more. */
const STALE_AFTER_MS = 6 * BEAT_MS;

export type Lease = Readonly<{
  /** Gives it back; whether nobody else holds one. */
  release(): Promise<{ isLast: boolean }>;
}>;

/**
 * A word that somebody uses a folder which several processes share, of several machines perhaps: a file in it, touched
 * again and again. Of one that was killed the file grows old, and counts no more.
 */
export async function takeLease(folder: string): Promise<Lease> {
  const leases = path.join(folder, '.leases');
  const own = path.join(leases, randomUUID());
  await mkdir(leases, { recursive: true });
  await writeFile(own, '');
  const beat = setInterval(() => {
    const now = new Date();
    // A folder that somebody has taken away is found out by who asks the server.
    utimes(own, now, now).catch(() => {});
  }, BEAT_MS);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await rm(own, { force: true });
      return { isLast: !(await isHeld(leases)) };
    },
  };
}

async function isHeld(leases: string): Promise<boolean> {
  const names = await readdir(leases).catch(() => []);
  const ages = await Promise.all(
    names.map((name) =>
      stat(path.join(leases, name)).then(
        ({ mtimeMs }) => Date.now() - mtimeMs,
        () => Number.POSITIVE_INFINITY,
      ),
    ),
  );
  return ages.some((age) => age < STALE_AFTER_MS);
}
