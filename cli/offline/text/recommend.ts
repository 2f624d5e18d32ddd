import { readBaseConfig } from '../../../training/models/model-folder.ts';
import { trunkParts } from '../../../training/models/network.ts';
import { parameterCount } from '../../../training/models/parts.ts';
import { recommend } from '../../../training/search/recommend.ts';
import type { Settings } from '../../../training/search/settings.ts';
import type { SaidSetting } from '../../../training/tabular/recommend-tabular.ts';
import type { TuneMethod } from '../../../training/classification/settings.ts';
import type { TextSettings } from '../../../training/text-classification/settings.ts';
import type { Recommendation, Wish } from '../offline-task.ts';

export type OfflineTextSettings = TextSettings & { validationShare: number; base: string | null };

/** From scratch everything is new: it takes more epochs, and bears a higher rate, than a base that knows much. */
const SCRATCH = { epochs: 20, learningRate: 1e-3, labelSmoothing: 0.1 };
const HEAD = { epochs: 2, learningRate: 1e-3 };
/** Tokens; longer texts are cut, and attention to all of them costs their square. */
const LONGEST = 128;
const SEED = 1;

/** Settings for texts, each with its reason. */
export async function recommendText(
  rows: number,
  classes: number,
  wish: Wish,
): Promise<Recommendation<OfflineTextSettings>> {
  const { base = null, seed = SEED } = wish;
  const weights = base === null ? null : await weightsOf(base);
  const situation = { task: 'text', rows, classes, weights, memoryBytes: null } as const;
  const { settings, reason } = recommend(situation, wish.method);
  const usual = { ...settings, ...(base === null ? SCRATCH : {}) };
  const fineTune: OfflineTextSettings = {
    base,
    method: methodOf(usual),
    learningRate: usual.learningRate,
    schedule: { kind: 'cosine' },
    warmupShare: 0.1,
    batchSize: usual.batchSize,
    epochs: usual.epochs,
    maxNorm: 1,
    patience: base === null ? 5 : 3,
    seed,
    weightDecay: 0.01,
    labelSmoothing: SCRATCH.labelSmoothing,
    classWeights: 'none',
    focalGamma: null,
    longest: LONGEST,
    pull: 0,
    validationShare: 0.1,
  };
  return { fineTune, settings: said(fineTune, usual, reason) };
}

function methodOf({ method, rank }: Settings): TuneMethod {
  switch (method) {
    case 'full':
      return { kind: 'full', layerRate: 1, frozenLayers: 0 };
    case 'head':
      return { kind: 'head' };
    case 'lpft':
      return { kind: 'lpft', headEpochs: HEAD.epochs, headLearningRate: HEAD.learningRate };
    case 'lora':
      return { kind: 'lora', lora: adapter(rank!) };
    case 'qlora':
      return { kind: 'qlora', lora: adapter(rank!) };
    default:
      return method satisfies never;
  }
}

const adapter = (rank: number) =>
  ({ rank, alpha: 2 * rank, rankStabilised: false, dropout: 0.05, targets: 'all-linear' }) as const;

/** Of the base's own weights. */
async function weightsOf(base: string): Promise<number> {
  const { config } = await readBaseConfig(base);
  return parameterCount(trunkParts(config));
}

const said = (
  { base, learningRate, batchSize, epochs, patience, longest, validationShare, seed }: OfflineTextSettings,
  { method, rank }: Settings,
  reason: string,
): SaidSetting[] => [
  {
    name: 'base',
    value: base ?? 'none',
    because:
      base === null ? 'none was named, so that all that it knows comes from these rows' : 'it was named',
  },
  {
    name: 'method',
    value: rank === null ? method : `${method}, rank ${rank}`,
    because: reason,
  },
  {
    name: 'learning rate',
    value: `${learningRate}, rising for a tenth of the steps, then falling to 0`,
    because:
      base === null
        ? 'nothing is there yet that large steps could spoil'
        : 'gentle steps keep what the base knows',
  },
  {
    name: 'batch size',
    value: String(batchSize),
    because: 'texts of a similar length share a batch, so little is padding',
  },
  {
    name: 'length',
    value: `at most ${epochs} epochs`,
    because: `it stops when ${patience} epochs bring no smaller validation loss, and keeps the best one`,
  },
  {
    name: 'words',
    value: `the first ${longest} tokens of a text`,
    because: 'the rest would cost its square and says little',
  },
  {
    name: 'validation',
    value: `${Math.round(validationShare * 100)} % of the rows`,
    because: 'they say when to stop, and what the scores are worth; the test file has no part in that',
  },
  { name: 'seed', value: String(seed), because: 'the same seed, rows and settings give the same version' },
];
