import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of the real data sets and reference vectors, or null where this checkout has none. */
export const sharedFolder = process.env['DRIFTLOOP_SHARED'] || null;

/** Options for a test that needs it: unset skips (and is counted); set but missing fails. */
export function needsShared(...names: string[]): { skip: boolean } {
  if (sharedFolder === null) return { skip: true };
  for (const name of names) {
    const file = path.join(sharedFolder, name);
    if (!existsSync(file)) throw new Error(`DRIFTLOOP_SHARED is set, but ${file} is not there`);
  }
  return { skip: false };
}

/** The path of a shared file; only called inside tests that `needsShared` lets run. */
export const shared = (name: string): string => path.join(sharedFolder ?? '', name);
