import type { OpenWish } from '../../domain/fine-tune-config.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';

/**
 * What the loop trains with where its config says nothing: the same for every training of a model, so that a challenger
 * can begin from the champion's weights, and small enough for a training in seconds. The retraining policy was measured
 * with these (docs/decisions/regret-policy.md); files get settings by their size (`recommendTabular`).
 */
export const LOOP_SETTINGS: TabularSettings = {
  hidden: [32],
  learningRate: 3e-3,
  schedule: 'cosine',
  warmupShare: 0,
  batchSize: 64,
  epochs: 60,
  minSteps: 1_000,
  maxSteps: 4_000,
  validationShare: 0.15,
  patience: 10,
  seed: 1,
  classWeights: 'none',
};

type Wished = { [Name in keyof TabularSettings]?: TabularSettings[Name] | undefined };

/**
 * Complete settings: what is wished, and for the rest the usual. Wishes that a table has no use for are refused with the
 * config that makes them.
 */
export function tabularSettings(
  wish: OpenWish = {},
  usual: TabularSettings = LOOP_SETTINGS,
): TabularSettings {
  const given: Wished = wish;
  const { epochs, minSteps, maxSteps } = given;
  return {
    hidden: given.hidden ?? usual.hidden,
    learningRate: given.learningRate ?? usual.learningRate,
    schedule: given.schedule ?? usual.schedule,
    warmupShare: given.warmupShare ?? usual.warmupShare,
    batchSize: given.batchSize ?? usual.batchSize,
    epochs: epochs ?? usual.epochs,
    // What is wished moves the usual value of the others out of its way.
    minSteps: minSteps ?? (epochs === undefined ? Math.min(usual.minSteps, maxSteps ?? Infinity) : 1),
    maxSteps: maxSteps ?? Math.max(usual.maxSteps, minSteps ?? 0),
    validationShare: given.validationShare ?? usual.validationShare,
    patience: given.patience ?? usual.patience,
    seed: given.seed ?? usual.seed,
    classWeights: given.classWeights ?? usual.classWeights,
  };
}

/** The newest share of the rows of a run, kept out for early stopping; the same for everything that the loop trains. */
export const validationShareOf = ({ fineTune }: { fineTune?: OpenWish | undefined }): number =>
  fineTune?.validationShare ?? LOOP_SETTINGS.validationShare;
