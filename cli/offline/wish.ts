import { DriftloopError } from '../../domain/errors.ts';
import type { Method, OpenWish } from '../../domain/fine-tune-config.ts';
import type { Declared } from './declared-model.ts';
import type { Wish } from './offline-task.ts';

/** What the options of `finetune` say of the training. */
export type WishOptions = {
  method?: Method;
  base?: string;
  epochs?: number;
  learningRate?: number;
  batchSize?: number;
  seed?: number;
};

/**
 * What options and config wish together: a number of an option is newer than the config's. Throws DL_OPTION_INVALID where
 * they name different methods, whose settings would not fit each other.
 */
export function wishOf(options: WishOptions, declared: Declared | null): Wish {
  const { method, base, epochs, learningRate, batchSize, seed } = options;
  const given = declared?.fineTune;
  if (method !== undefined && given !== undefined && given.method !== method)
    throw new DriftloopError(
      'DL_OPTION_INVALID',
      `--method ${method} is not what ${declared!.file} says: "${given.method}".`,
      { fix: 'Leave out --method, or change fineTune in the config.' },
    );
  const asked = {
    ...(epochs === undefined ? {} : { epochs }),
    ...(learningRate === undefined ? {} : { learningRate }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(seed === undefined ? {} : { seed }),
  };
  const wished: OpenWish = given ?? (method === undefined ? {} : { method });
  return { fineTune: { ...wished, ...asked }, base: base ?? declared?.base ?? null };
}
