import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';

/** Whose it is stands in the name: of this machine, by this process. */
const mine = (pid: number | '(\\d+)'): string => `driftloop-run-${hostname()}-${pid}-`;

/** A folder for the rows and files of one training; whoever made it removes it. */
export const makeScratchFolder = (): Promise<string> => mkdtemp(path.join(tmpdir(), mine(process.pid)));

/** Removes what workers of this machine have left that were killed: rows of a training are nobody's to find. */
export async function sweepScratchFolders(): Promise<void> {
  const pattern = new RegExp(`^${mine('(\\d+)')}\\w+$`);
  for (const name of await readdir(tmpdir())) {
    const [, pid] = pattern.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // One of another user is theirs to remove, and no reason not to train.
    await rm(path.join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user, and so alive.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
