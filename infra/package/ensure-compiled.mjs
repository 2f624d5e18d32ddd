/** Compiles the sources of a checkout into the place where their twins are looked for. */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { compiledFolder, compiledHome, filesOfRooms, isSource } from '../local/compiled-twin.mjs';
import { exclusively } from '../local/exclusive.mjs';
import { asIfInPlace, compile } from './compile.mjs';

/** Older ones are taken away; not at once, because a `dev` may still load from one. */
const KEPT_DAYS = 2;

/**
 * Compiles what has changed. Two starts at once compile once.
 *
 * @param {string} root the checkout
 * @returns {Promise<string | null>} the folder; null where it cannot be: the sources have to be read as they are then
 */
export async function ensureCompiled(root) {
  const folder = compiledFolder(root);
  if (existsSync(folder)) return folder;
  try {
    await exclusively(`compiled:${root}`, async () => {
      if (!existsSync(folder)) await compileInto(root, folder);
    });
    return folder;
  } catch {
    // A folder that may not be written, or a source with a mistake in it, which whoever reads it says better.
    return null;
  }
}

async function compileInto(root, folder) {
  const half = `${folder}.half`;
  rmSync(half, { recursive: true, force: true });
  await compile(root, filesOfRooms(root).filter(isSource), half, { plugins: [asIfInPlace] });
  renameSync(half, folder);
  const home = compiledHome(root);
  for (const name of readdirSync(home)) {
    const ageMs = Date.now() - statSync(join(home, name)).mtimeMs;
    if (ageMs > KEPT_DAYS * 86_400_000) rmSync(join(home, name), { recursive: true, force: true });
  }
}
