import { mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { takeLock } from '../../infra/local/exclusive.mjs';

/**
 * A folder under `root` for the spool of this process alone, for as long as it lives: two servers of one machine take
 * two. What servers have left there that do not run any more comes along, in its order.
 */
export async function claimSpool(root: string): Promise<string> {
  await mkdir(root, { recursive: true });
  const mine = await firstFree(root);
  for (const other of (await folders(root)).filter((name) => path.join(root, name) !== mine)) {
    const left = path.join(root, other);
    const release = await takeLock(lockOf(left));
    if (release === null) continue;
    await takeOver(left, mine);
    await release();
  }
  return mine;
}

async function firstFree(root: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const folder = path.join(root, String(n));
    if ((await takeLock(lockOf(folder))) === null) continue;
    await mkdir(folder, { recursive: true });
    return folder;
  }
}

/** Moves the files of one spool behind those of another. */
async function takeOver(from: string, into: string): Promise<void> {
  const last = (await files(into)).at(-1);
  let number = last === undefined ? 0 : Number.parseInt(last, 10);
  for (const file of await files(from)) {
    number += 1;
    await rename(path.join(from, file), path.join(into, `${String(number).padStart(12, '0')}.jsonl`));
  }
}

const lockOf = (folder: string) => `spool ${path.resolve(folder)}`;
const folders = async (root: string) =>
  (await readdir(root, { withFileTypes: true })).filter((e) => e.isDirectory()).map(({ name }) => name);
const files = async (folder: string) =>
  (await readdir(folder)).filter((name) => /^\d{12}\.jsonl$/.test(name)).toSorted();
