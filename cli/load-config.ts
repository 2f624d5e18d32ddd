import { existsSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseConfig } from '../domain/config.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { DriftloopConfig } from '../domain/model-config.ts';

export const defaultConfigFile = 'driftloop.config.ts';

/** Everything that a config module exports; a demo reads `rowEvery` and the like beside the default export. */
export type ConfigModule = {
  config: DriftloopConfig;
  file: string;
  exports: Readonly<Record<string, unknown>>;
};

/** A module is loaded once for each address: a file that was saved again has another one. */
const stamp = (file: string): string => `?saved=${Math.round(statSync(file).mtimeMs)}`;

/** In a folder whose package.json does not say `"type": "module"` it is kept by its name alone, and has to be forgotten. */
function forget(file: string): void {
  const { cache } = createRequire(file);
  const names = [file, realpathSync(file)];
  for (const key of Object.keys(cache)) if (names.includes(key.split('?')[0]!)) delete cache[key];
}

/** Loads and parses a config file; every problem is reported at once with its path. */
export async function loadConfig(file = defaultConfigFile): Promise<ConfigModule> {
  const full = path.resolve(file);
  if (!existsSync(full)) {
    throw new DriftloopError('DL_CONFIG_MISSING', `There is no config at ${full}.`, {
      fix: 'Name one with --config FILE, or copy examples/electricity/driftloop.config.ts and change it.',
    });
  }
  forget(full);
  let exports: Record<string, unknown>;
  try {
    exports = (await import(`${pathToFileURL(full).href}${stamp(full)}`)) as Record<string, unknown>;
  } catch (cause) {
    throw new DriftloopError(
      'DL_CONFIG_UNREADABLE',
      `${full} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        fix: 'Correct the file; it is a TypeScript module with a default export.',
        cause,
      },
    );
  }
  return { config: parseConfig(exports['default']), file: full, exports };
}
