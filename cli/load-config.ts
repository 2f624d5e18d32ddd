import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseConfig, parseDeclarations } from '../domain/config.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { ModelConfig, DriftloopConfig } from '../domain/model-config.ts';
import { isHubName } from '../infra/hub/hub-name.ts';

export const defaultConfigFile = 'driftloop.config.ts';

/** Everything that a config module exports; a demo reads `rowEvery` and the like beside the default export. */
export type ConfigModule = {
  config: DriftloopConfig;
  file: string;
  exports: Readonly<Record<string, unknown>>;
};

/**
 * The module as it is on disk now: each load has a world of its own, so that a saved file is read again, with what it
 * imports. In a folder whose package.json does not say `"type": "module"`, what it exports comes one level deeper.
 */
async function importAnew(file: string): Promise<Record<string, unknown>> {
  const { tsImport } = await import('tsx/esm/api');
  const module = (await tsImport(pathToFileURL(file).href, import.meta.url)) as Record<string, unknown>;
  const inner = module['default'];
  return typeof inner === 'object' && inner !== null && 'default' in inner ? { ...inner } : module;
}

/** Loads and parses a config file; every problem is reported at once with its path. */
export async function loadConfig(file = defaultConfigFile): Promise<ConfigModule> {
  const module = await loadModule(file);
  const config = parseConfig(module.exports['default']);
  await checkWatches(config.models);
  return { ...module, config: { ...config, models: config.models.map(withBaseBeside(module.file)) } };
}

/** Detectors bring their distributions with them: they are loaded where one is declared. */
async function checkWatches(models: readonly ModelConfig[]): Promise<void> {
  if (!models.some(({ watch }) => watch.some(({ kind }) => kind === 'detector'))) return;
  const { checkDetectors } = await import('../monitors/detectors/check-detectors.ts');
  for (const model of models) checkDetectors(model);
}

/** The models that a config file declares, those included of which the loop would have to know more. */
export async function loadModels(file: string): Promise<ModelConfig[]> {
  const module = await loadModule(file);
  return parseDeclarations(module.exports['default']).models.map(withBaseBeside(module.file));
}

/** A folder is where the config says it is, from wherever a command or a worker looks for it. */
const withBaseBeside =
  (file: string) =>
  <M extends ModelConfig>(model: M): M => {
    const { base } = model;
    if (base.kind !== 'pretrained' || isHubName(base.from)) return model;
    return { ...model, base: { ...base, from: path.resolve(path.dirname(file), base.from) } };
  };

async function loadModule(file: string): Promise<Omit<ConfigModule, 'config'>> {
  const full = path.resolve(file);
  if (!existsSync(full)) {
    throw new DriftloopError('DL_CONFIG_MISSING', `There is no config at ${full}.`, {
      fix: 'Name one with --config FILE, or write one with "driftloop init".',
    });
  }
  let exports: Record<string, unknown>;
  try {
    exports = await importAnew(full);
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
  return { file: full, exports };
}
