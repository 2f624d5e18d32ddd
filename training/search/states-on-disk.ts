import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { needingRoom } from '../../domain/room.ts';
import type { States } from './trials.ts';

/**
 * Keeps trainings that wait in a folder of its own below another: of a large base each is several times as large as the
 * base. For this process alone, as it is now: no other ever reads them.
 */
export async function statesOnDisk<State>(
  parent: string,
): Promise<States<State> & { folder: string; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(parent, 'driftloop-trials-'));
  const saved = new Set<number>();
  const fileOf = (trial: number) => path.join(folder, `trial-${trial}`);
  return {
    folder,
    async save(trial, state) {
      await needingRoom(folder, () => writeFile(fileOf(trial), serialize(state), { mode: 0o600 }));
      saved.add(trial);
    },
    load: async (trial) => (saved.has(trial) ? (deserialize(await readFile(fileOf(trial))) as State) : null),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
