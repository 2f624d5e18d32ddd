import type { OpenWish } from '../../domain/fine-tune-config.ts';
import { isTinyText, recommend } from '../search/recommend.ts';
import type { Situation } from '../search/recommend.ts';
import { becauseOf, sayRate, sayRest } from '../search/say-settings.ts';
import type { SaidSetting } from '../search/say-settings.ts';
import type { Settings } from '../search/settings.ts';
import { recommendKeep } from './recommend-keep.ts';
import type { OldSituation } from './recommend-keep.ts';
import type { ClassifierSettings, TuneMethod } from './settings.ts';

export type SharedSettings = ClassifierSettings & { validationShare: number };

const HEAD = { epochs: 2, learningRate: 1e-3 };
const ADAPTER = { dropout: 0.05, targets: 'all-linear' } as const;
/** Epochs without a smaller loss: of a small network, or from scratch, it goes up and down for longer before it is done. */
const PATIENCE = { tiny: 5, base: 3 };
const USUAL = {
  schedule: 'cosine',
  warmupShare: 0.1,
  maxNorm: 1,
  weightDecay: 0.01,
  labelSmoothing: 0.1,
  validationShare: 0.1,
  seed: 1,
} as const;

/**
 * Complete settings for a classifier over a network: what is wished, and for the rest what is recommended for these
 * rows and this base; each said with its reason.
 *
 * @param base the name of the base, for people; null: from scratch. `old`: of what it knew; null where nothing is kept.
 * `many`: whether a row may have any number of labels
 */
export function recommendClassifier(
  situation: Situation & { base: string | null; old?: OldSituation | null; many?: boolean },
  wish: OpenWish,
): { settings: SharedSettings; said: SaidSetting[] } {
  const { base, old = null, many = false } = situation;
  const { keep, said: saidKeep } = recommendKeep(old, wish);
  const { settings: usual, reason } = recommend(situation, methodIn(wish));
  const chosen = { ...usual, rank: usual.rank && (wishedRank(wish) ?? usual.rank) };
  const settings: SharedSettings = {
    method: methodOf(chosen, situation, wish),
    learningRate: rateIn(wish) ?? usual.learningRate,
    schedule: { kind: wish.schedule ?? USUAL.schedule },
    warmupShare: wish.warmupShare ?? USUAL.warmupShare,
    batchSize: wish.batchSize ?? usual.batchSize,
    ...(wish.microBatchSize === undefined ? {} : { microBatchSize: wish.microBatchSize }),
    epochs: wish.epochs ?? usual.epochs,
    ...(wish.maxSteps === undefined ? {} : { maxSteps: wish.maxSteps }),
    maxNorm: wish.maxNorm ?? USUAL.maxNorm,
    patience: wish.patience ?? (base === null || isTinyText(situation) ? PATIENCE.tiny : PATIENCE.base),
    seed: wish.seed ?? USUAL.seed,
    weightDecay: wish.weightDecay ?? USUAL.weightDecay,
    labelSmoothing: wish.labelSmoothing ?? usualSmoothing(many, wish),
    classWeights: wish.classWeights ?? 'none',
    focalGamma: wish.focalGamma ?? null,
    keep,
    validationShare: wish.validationShare ?? USUAL.validationShare,
  };
  return { settings, said: [...said(settings, { wish, base, chosen, reason }), ...saidKeep] };
}

/** Focal loss has no place for it; and of many labels, most of which a row has not, it makes all likelier. */
const usualSmoothing = (many: boolean, { focalGamma }: OpenWish): number =>
  many || focalGamma !== undefined ? 0 : USUAL.labelSmoothing;

const methodIn = ({ method }: OpenWish) => (method === 'search' ? undefined : method);
const rateIn = (wish: OpenWish) => ('learningRate' in wish ? wish.learningRate : undefined);
const adapterIn = (wish: OpenWish): Partial<Extract<OpenWish, { method: 'lora' }>> =>
  wish.method === 'lora' || wish.method === 'qlora' ? { ...wish, method: 'lora' } : {};
const wishedRank = (wish: OpenWish) => adapterIn(wish).rank;

function methodOf({ method, rank }: Settings, situation: Situation, wish: OpenWish): TuneMethod {
  switch (method) {
    case 'full': {
      const { layerRate = 1, frozenLayers = 0 } = wish.method === 'full' ? wish : {};
      return { kind: 'full', layerRate, frozenLayers };
    }
    case 'head':
      return { kind: 'head' };
    case 'lpft': {
      const { headEpochs = HEAD.epochs, headLearningRate = HEAD.learningRate } =
        wish.method === 'lpft' ? wish : {};
      return { kind: 'lpft', headEpochs, headLearningRate };
    }
    case 'lora':
    case 'qlora': {
      const {
        alpha = 2 * rank!,
        rankStabilised = false,
        dropout = ADAPTER.dropout,
        targets = ADAPTER.targets,
        keptWhole = usualWhole(situation, method),
        recompute,
      } = adapterIn(wish);
      const lora = { rank: rank!, alpha, rankStabilised, dropout, targets, keptWhole };
      const held = { lora, ...(recompute === undefined ? {} : { recompute }) };
      if (method === 'lora') return { kind: 'lora', ...held };
      const embeddings = wish.method === 'qlora' ? wish.embeddings : undefined;
      return { kind: 'qlora', ...held, ...(embeddings ? { embeddings } : {}) };
    }
    default:
      return method satisfies never;
  }
}

/** In 4 bits a number nothing else is worth its memory. */
const usualWhole = (situation: Situation, method: 'lora' | 'qlora'): string[] =>
  method === 'lora' && isTinyText(situation) && situation.words !== undefined ? [situation.words] : [];

type Chosen = { wish: OpenWish; base: string | null; chosen: Settings; reason: string };

function saidWhole({ method }: SharedSettings, wish: OpenWish): SaidSetting[] {
  const whole = method.kind === 'lora' ? method.lora.keptWhole : [];
  if (whole.length === 0) return [];
  const because = becauseOf(wish)(
    'keptWhole',
    'so small a base knows few words, and an adapter beside its matrices would teach it no others',
  );
  return [{ name: 'trained whole', value: whole.join(', '), because }];
}

function said(settings: SharedSettings, { wish, base, chosen, reason }: Chosen): SaidSetting[] {
  const { batchSize, microBatchSize, classWeights, focalGamma } = settings;
  const because = becauseOf(wish);
  const parts = microBatchSize === undefined ? '' : `, ${microBatchSize} of them in memory at once`;
  return [
    {
      name: 'base',
      value: base ?? 'none',
      because:
        base === null ? 'none was named, so that all that it knows comes from these rows' : 'it was named',
    },
    {
      name: 'method',
      value: chosen.rank === null ? chosen.method : `${chosen.method}, rank ${chosen.rank}`,
      because: reason,
    },
    ...saidWhole(settings, wish),
    {
      name: 'learning rate',
      value: sayRate({ ...settings, schedule: wish.schedule ?? USUAL.schedule }),
      because: because(
        'learningRate',
        base === null
          ? 'nothing is there yet that large steps could spoil'
          : 'gentle steps keep what the base knows',
      ),
    },
    {
      name: 'batch size',
      value: `${batchSize}${parts}`,
      because: because('batchSize', 'as few rows a step as still give it a direction'),
    },
    ...(classWeights === 'none'
      ? []
      : [{ name: 'class weights', value: classWeights, because: because('classWeights', '') }]),
    ...(focalGamma === null
      ? []
      : [{ name: 'loss', value: `focal, γ ${focalGamma}`, because: because('focalGamma', '') }]),
    ...sayRest(settings),
  ];
}
