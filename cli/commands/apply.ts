import { everyModel } from '../../domain/person.ts';
import type { ErrorCode } from '../../domain/error-codes.ts';
import { ourError } from '../../domain/errors.ts';
import { loadConfig } from '../load-config.ts';
import type { Answer } from '../output.ts';
import { withDriftloop, withInstallation } from '../wiring.ts';

/** Stores the config of a file. */
export async function applyFile(file: string): Promise<Answer> {
  const { config: wanted } = await loadConfig(file).catch(async (error: unknown) => {
    await writeRefused(error);
    throw error;
  });
  return withDriftloop(async ({ config }) => {
    const applied = await config.apply(wanted);
    const digest = applied.digest.slice(0, 12);
    return {
      json: applied,
      text: applied.changed
        ? `Applied ${applied.models.join(', ')} (${digest}).`
        : `Nothing has changed (${digest}).`,
      next: 'driftloop model list',
    };
  });
}

/** A file that is not there, or no program, says nothing that anybody wanted to have in force. */
const unread: ReadonlySet<ErrorCode> = new Set(['DL_CONFIG_MISSING', 'DL_CONFIG_UNREADABLE']);

/**
 * A config that contradicts itself was refused before there was anything to connect to. It stands in the audit log where
 * that can be reached; where not, what is wrong with the config is still all that is told.
 */
async function writeRefused(error: unknown): Promise<void> {
  const known = ourError(error);
  if (known === null || unread.has(known.code)) return;
  const { code: refused, message: because } = known;
  try {
    await withInstallation(async ({ stores, admit }) => {
      const { name: by, via } = await admit({ right: 'apply', model: everyModel });
      await stores.audit.append({ action: 'apply', by, via, because, refused });
    });
  } catch {
    // Nothing to write it to, or nobody who may: that is another command's matter.
  }
}
