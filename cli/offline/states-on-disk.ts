import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { needingRoom } from '../../domain/room.ts';
import type { States } from '../../training/search/trials.ts';

/**
 * Keeps trainings that wait in a folder: of a large base each is several times as large as the base. For this process
 * alone, as it is now: no other ever reads them.
 */
export function statesOnDisk<State>(folder: string): States<State> {
  const saved = new Set<number>();
  const fileOf = (trial: number) => path.join(folder, `trial-${trial}`);
  return {
    async save(trial, state) {
      await needingRoom(folder, () => writeFile(fileOf(trial), serialize(state), { mode: 0o600 }));
      saved.add(trial);
    },
    load: async (trial) => (saved.has(trial) ? (deserialize(await readFile(fileOf(trial))) as State) : null),
  };
}
