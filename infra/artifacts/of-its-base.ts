import { DriftloopError } from '../../domain/errors.ts';
import { readOver } from '../../training/adapters/over-base.ts';

/**
 * Asks the same of the base of an artifact that was asked of the artifact itself: what an adapter is over is as much a
 * part of what answers. Asks nothing where it stands alone.
 *
 * @param ask throws where the base cannot be used
 * @throws what `ask` throws, with the adapter named before it
 */
export async function ofItsBase(
  digest: string | null,
  folder: string,
  ask: (base: string) => Promise<unknown>,
): Promise<void> {
  const over = await readOver(folder);
  if (over === null) return;
  try {
    await ask(over.digest);
  } catch (error) {
    if (!(error instanceof DriftloopError)) throw error;
    const { code, message, fix, retryable, status } = error;
    const named = digest === null ? folder : `Artifact ${digest.slice(0, 12)}…`;
    throw new DriftloopError(code, `${named} is an adapter, and its base cannot be used. ${message}`, {
      fix: code === 'DL_ARTIFACT_MISSING' ? bringIt(over.digest) : fix,
      retryable,
      status,
      cause: error,
    });
  }
}

const bringIt = (digest: string): string =>
  `Bring the base from a backup, or from the store that the adapter comes from: the folder ${digest}, beside the adapter's own.`;
