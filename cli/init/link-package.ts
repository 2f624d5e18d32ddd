import { mkdir, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this Driftloop lies. */
const home = fileURLToPath(new URL('../..', import.meta.url));

/** Lets a config in this folder import from `driftloop`: the one that runs now, where none is installed there. */
export async function linkPackage(folder: string): Promise<boolean> {
  try {
    createRequire(path.resolve(folder, 'driftloop.config.ts')).resolve('driftloop');
    return false;
  } catch {
    await mkdir(path.join(folder, 'node_modules'), { recursive: true });
    await symlink(home, path.join(folder, 'node_modules', 'driftloop'), 'dir');
    return true;
  }
}
