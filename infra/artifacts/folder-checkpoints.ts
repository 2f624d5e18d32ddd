import { copyFile, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { DriftloopError } from '../../domain/errors.ts';
import type { CheckpointStore } from '../../domain/ports.ts';

/** Inside the artifacts' folder, because that is what every worker reaches. */
const FOLDER = '.checkpoints';
const SUFFIX = '.safetensors';
/** What a worker that was killed while it wrote has left. */
const PART = '.part';

/**
 * Checkpoints as files in the folder of the artifacts, one for each run that trains.
 *
 * @param artifacts created at the first save; several processes may share it
 */
export function createFolderCheckpoints(artifacts: string): CheckpointStore {
  const folder = path.join(artifacts, FOLDER);
  const placeOf = (runId: string): string => {
    // Nothing but a name may become a path.
    if (!/^[\w-]{1,200}$/.test(runId))
      throw new DriftloopError('DL_UNKNOWN_RUN', `"${runId.slice(0, 80)}" is no id of a run.`, {
        fix: 'See the ids: driftloop run list',
        status: 404,
      });
    return path.join(folder, `${runId}${SUFFIX}`);
  };
  return {
    async save(runId, file) {
      const place = placeOf(runId);
      await mkdir(folder, { recursive: true });
      const part = `${place}.${randomUUID()}${PART}`;
      try {
        await copyFile(file, part);
        await flush(part);
        await rename(part, place);
      } finally {
        await rm(part, { force: true });
      }
    },

    async load(runId, file) {
      try {
        await copyFile(placeOf(runId), file);
        return true;
      } catch (error) {
        if (isGone(error)) return false;
        throw error;
      }
    },

    async remove(runId) {
      await rm(placeOf(runId), { force: true });
    },

    async sweep(savedBefore) {
      const swept: string[] = [];
      for (const name of await readdir(folder).catch(() => [])) {
        const place = path.join(folder, name);
        const stats = await stat(place).catch(() => null);
        if (stats === null || stats.mtime >= savedBefore) continue;
        await rm(place, { force: true });
        if (name.endsWith(SUFFIX)) swept.push(name.slice(0, -SUFFIX.length));
      }
      return swept.sort();
    },
  };
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

/** Its bytes are on the disk before the file gets its name. */
async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
