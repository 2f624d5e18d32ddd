import { DriftloopError } from '../../domain/errors.ts';
import type { Method, OpenWish, SearchWish } from '../../domain/fine-tune-config.ts';
import { KEEP_NOTHING } from '../../training/classification/keep-settings.ts';
import type { Declared } from './declared-model.ts';
import type { Wish } from './offline-task.ts';

/** What the options of `finetune` say of the training. */
export type WishOptions = {
  method?: Method;
  base?: string;
  epochs?: number;
  learningRate?: number;
  batchSize?: number;
  /** `none`: nothing holds the training to what its base knew. */
  protection?: 'usual' | 'none';
  seed?: number;
  /** Tries settings, within this budget. */
  search?: SearchWish['budget'];
};

/**
 * What options and config wish together: a number of an option is newer than the config's. Throws DL_OPTION_INVALID where
 * they name different methods, whose settings would not fit each other.
 */
export function wishOf(options: WishOptions, declared: Declared | null): Wish {
  const { method, epochs, learningRate, batchSize, protection, seed } = options;
  const given = declared?.fineTune;
  refuseTwoMethods(options, declared);
  const asked = {
    ...(epochs === undefined ? {} : { epochs }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(protection === 'none' ? { keep: KEEP_NOTHING } : {}),
    ...(seed === undefined ? {} : { seed }),
  };
  const base = options.base ?? declared?.base ?? null;
  const search = given?.method === 'search' ? given : null;
  const budget = options.search ?? search?.budget;
  if (budget !== undefined) {
    const over = {
      ...search?.over,
      ...(method === undefined ? {} : { method: [method] }),
      ...(learningRate === undefined ? {} : { learningRate: [learningRate] }),
    };
    return { fineTune: { ...search, method: 'search', over, budget, ...asked }, base, old: null };
  }
  const wished: OpenWish = given ?? (method === undefined ? {} : { method });
  const rate = learningRate === undefined ? {} : { learningRate };
  return { fineTune: { ...wished, ...rate, ...asked }, base, old: null };
}

function refuseTwoMethods({ method, search }: WishOptions, declared: Declared | null): void {
  const given = declared?.fineTune?.method;
  if (given === undefined) return;
  const says = `is not what ${declared!.file} says: "${given}"`;
  if (method !== undefined && given !== method)
    throw new DriftloopError('DL_OPTION_INVALID', `--method ${method} ${says}.`, {
      fix: 'Leave out --method, or change fineTune in the config.',
    });
  if (search !== undefined && given !== 'search')
    throw new DriftloopError('DL_OPTION_INVALID', `--search ${says}.`, {
      fix: 'Leave out --search, or write search() in the config.',
    });
}
