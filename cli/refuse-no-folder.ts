import { stat } from 'node:fs/promises';
import { DriftloopError } from '../domain/errors.ts';

/** A folder that is not there is no damaged artifact. Throws DL_ARTIFACT_MISSING. */
export async function refuseNoFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() === true) return;
  throw new DriftloopError('DL_ARTIFACT_MISSING', `There is no folder ${folder}.`, {
    fix: 'Name the folder of a version, such as the one that "driftloop finetune --out" has written.',
  });
}
