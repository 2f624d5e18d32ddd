import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../domain/errors.ts';
import { needingRoom } from '../domain/room.ts';

/** What `dev` writes for the commands beside it; the names are the environment's own. */
export type DevFile = {
  pid: number;
  environment: Record<string, string>;
  addresses: Record<string, string>;
  /** Where the logs and the addresses of the roles are. */
  stateDir: string;
};

export const stateFolder = (cwd = process.cwd()): string => path.join(cwd, '.driftloop');
const devFilePath = (folder: string): string => path.join(folder, 'dev.json');

/** The dev file of a `dev` that is still alive, or null. */
export function readDevFile(folder = stateFolder()): DevFile | null {
  const file = devFilePath(folder);
  if (!existsSync(file)) return null;
  try {
    const dev = JSON.parse(readFileSync(file, 'utf8')) as DevFile;
    process.kill(dev.pid, 0);
    return dev;
  } catch {
    return null;
  }
}

/** One installation per folder. A pid alone proves nothing: after a crash another program may have it. */
export async function refuseSecond(folder: string): Promise<void> {
  const running = readDevFile(folder);
  if (running === null || !(await answers(running.addresses))) return;
  throw new DriftloopError(
    'DL_DEV_RUNNING',
    `Process ${running.pid} already runs Driftloop from this folder.`,
    {
      fix: 'Stop it with Ctrl-C in its terminal, or start in another folder.',
    },
  );
}

async function answers(addresses: Record<string, string>): Promise<boolean> {
  const asked = Object.values(addresses).map((address) =>
    fetch(address, { signal: AbortSignal.timeout(2_000), redirect: 'manual' }).then(() => true),
  );
  return await Promise.any(asked).catch(() => false);
}

/** Writes it whole; returns what takes it away. */
export async function writeDevFile(folder: string, dev: DevFile): Promise<() => Promise<void>> {
  const file = devFilePath(folder);
  await needingRoom(folder, async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.part`, `${JSON.stringify(dev, null, 2)}\n`, { mode: 0o600 });
  });
  await rename(`${file}.part`, file);
  return () => rm(file, { force: true });
}
