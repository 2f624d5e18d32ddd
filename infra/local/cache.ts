import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { exclusively } from './exclusive.mjs';
import { keepAfterAll, removeWhenWeEnd } from './keeper.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where Driftloop keeps what it fetched: `DRIFTLOOP_CACHE`, else a folder in the user's cache. */
export const cacheRoot = (env: Environment = process.env): string =>
  env['DRIFTLOOP_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'driftloop');

/**
 * Put something into the cache, whole or not at all, once.
 *
 * `fill` works in a folder beside the target, which is renamed when it is complete: what has the final name
 * is complete. Two processes never fill the same target: the second waits and finds it there. What a dead
 * process left half done is removed by the next one.
 */
export async function installOnce(
  target: string,
  fill: (directory: string) => Promise<void>,
  onWait?: () => void,
): Promise<void> {
  if (existsSync(target)) return;
  const parent = dirname(target);
  await mkdir(parent, { recursive: true });
  await exclusively(
    target,
    async () => {
      if (existsSync(target)) return;
      const prefix = `.partial-${basename(target)}-`;
      // We hold the lock, so a partial folder of this target belongs to nobody any more.
      for (const name of await readdir(parent)) {
        if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
      }
      const partial = join(parent, `${prefix}${randomBytes(4).toString('hex')}`);
      removeWhenWeEnd(partial);
      try {
        await mkdir(partial);
        await fill(partial);
        await rename(partial, target);
      } finally {
        await rm(partial, { recursive: true, force: true });
        keepAfterAll(partial);
      }
    },
    onWait,
  );
}
