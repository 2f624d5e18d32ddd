import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { chmod, cp, mkdir, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DriftloopError } from '../../../domain/errors.ts';
import { installOnce } from '../cache.ts';
import { removeWhenWeEnd } from '../keeper.ts';
import { canReach, letPass, type User } from './unprivileged.ts';

/** Programs in a folder that the user may not enter (a checkout in root's home) are copied to one it may. */
export async function reachablePrograms(
  programs: { initdb: string; postgres: string },
  user: User,
): Promise<typeof programs> {
  const real = await realpath(programs.postgres);
  if (canReach(user, real) && canReach(user, programs.initdb)) return programs;
  const home = dirname(dirname(real));
  const copy = join(tmpdir(), `driftloop-postgres-${shortHash(home)}`);
  await installOnce(copy, async (directory) => {
    await cp(home, directory, { recursive: true, verbatimSymlinks: true });
    await chmod(directory, 0o755);
  });
  refuseForeign(copy);
  return { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') };
}

/** Its own folder, or, where the user may not walk to it (below root's home), one beside the temporary files. */
export async function reachableDirectory(directory: string, isKept: boolean, user: User): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const folder of [dirname(directory), directory]) letPass(folder);
  if (canReach(user, join(directory, 'data'))) return directory;
  const elsewhere = join(tmpdir(), `driftloop-postgres-data-${shortHash(directory)}`);
  await mkdir(elsewhere, { recursive: true, mode: 0o711 });
  refuseForeign(elsewhere);
  if (!isKept) removeWhenWeEnd(elsewhere);
  return elsewhere;
}

/** Among the temporary files anybody can make a folder of any name; use none that is not ours. */
function refuseForeign(folder: string): void {
  if (statSync(folder).uid === process.getuid?.()) return;
  throw new DriftloopError('DL_FOLDER_NOT_OURS', `${folder} belongs to another user.`, {
    fix: 'Remove it, or set TMPDIR to a folder of your own.',
  });
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
