import { DriftloopError } from '../../domain/errors.ts';
import type { FineTune } from '../../domain/fine-tune-config.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { TrainerConfig } from '../../domain/trainer-config.ts';
import { loadModels } from '../load-config.ts';

/** What a config says of a model that is trained from a file. */
export type Declared = {
  file: string;
  model: Pick<ModelConfig, 'name' | 'task' | 'input'>;
  fineTune: FineTune | undefined;
  trainer: TrainerConfig;
  /** A folder, or `hf:owner/name`; null: from scratch. */
  base: string | null;
};

/**
 * The model of the config that is named; null where none is. Throws what `loadModels` throws, DL_UNKNOWN_MODEL, and
 * DL_OPTION_MISSING where there are several.
 */
export async function declaredModel(options: { config?: string; model?: string }): Promise<Declared | null> {
  const { config: file } = options;
  const model = await chosenModel(options);
  if (file === undefined || model === null) return null;
  const { name, task, input, fineTune, trainer, base } = model;
  return {
    file,
    model: { name, task, input },
    fineTune,
    trainer,
    // A champion is the loop's; a file has none.
    base: base.kind === 'pretrained' ? base.from : null,
  };
}

/** The same with all that the config says of it. */
export async function chosenModel(options: { config?: string; model?: string }): Promise<ModelConfig | null> {
  const { config: file } = options;
  return file === undefined ? null : chooseModel(file, await loadModels(file), options.model);
}

function chooseModel(file: string, models: readonly ModelConfig[], name: string | undefined): ModelConfig {
  const names = models.map((model) => model.name).join(', ');
  const found = name === undefined ? models[0]! : models.find((model) => model.name === name);
  if (found === undefined)
    throw new DriftloopError('DL_UNKNOWN_MODEL', `${file} declares no model "${name}".`, {
      fix: `It declares ${names}.`,
    });
  if (name === undefined && models.length > 1)
    throw new DriftloopError('DL_OPTION_MISSING', `${file} declares ${models.length} models: ${names}.`, {
      fix: 'Say which one with --model NAME.',
    });
  return found;
}
