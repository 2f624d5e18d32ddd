import { chmod, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { DriftloopError } from '../../domain/errors.ts';
import { needingRoom } from '../../domain/room.ts';

/** The folder for a result is not there, or empty: nothing is ever written over. Throws DL_FOLDER_NOT_EMPTY. */
export async function refuseFullFolder(folder: string): Promise<void> {
  const there = await stat(folder).catch(() => null);
  if (there === null) return;
  if (there.isDirectory() && (await readdir(folder)).length === 0) return;
  throw new DriftloopError(
    'DL_FOLDER_NOT_EMPTY',
    there.isDirectory() ? `The folder ${folder} is not empty.` : `${folder} is a file.`,
    { fix: 'Name a folder that is not there yet: --out DIR.' },
  );
}

/**
 * Makes a folder as a whole: what `write` puts into a folder beside it appears under its own name when `write` has
 * ended well, and is gone when it has not.
 */
export async function writeWhole<T>(folder: string, write: (staging: string) => Promise<T>): Promise<T> {
  const full = path.resolve(folder);
  const staging = await needingRoom(path.dirname(full), () => makeBeside(full));
  try {
    const result = await write(staging);
    await rmdir(full).catch(() => {});
    await rename(staging, full);
    return result;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function makeBeside(full: string): Promise<string> {
  const parent = path.dirname(full);
  try {
    await mkdir(parent, { recursive: true });
    const staging = await mkdtemp(path.join(parent, `.${path.basename(full)}.part-`));
    // As a folder that a person makes, not for its owner only as a temporary one is.
    await chmod(staging, 0o777 & ~process.umask());
    return staging;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw cause;
    throw new DriftloopError('DL_FOLDER_UNUSABLE', `Nothing can be written to ${parent}: ${message}.`, {
      fix: 'Name a place that you may write to: --out DIR.',
      cause,
    });
  }
}
