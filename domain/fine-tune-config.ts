import { z } from 'zod';

/**
 * What a person wishes of a training. Only the method has to be said, and not even that: what is left out is
 * recommended for the task and its data. What a training is told in the end is complete (`TabularSettings` and the like).
 */

const share = z.number().gt(0).lt(1);
const rate = z.number().positive();
const count = z.int().positive();

/** The ways to adapt a model to rows. */
export const methods = ['full', 'head', 'lpft', 'lora', 'qlora'] as const;
export type Method = (typeof methods)[number];

const partOf = z.number().min(0).lt(1);
/** How an image is changed each time it is learnt from; what is left out stays as it is. */
const augmentation = {
  shift: partOf.optional().meta({ description: 'moved by up to this share of a side' }),
  turn: z.number().min(0).max(180).optional().meta({ description: 'turned by up to so many degrees' }),
  zoom: partOf.optional().meta({ description: 'larger or smaller by up to this share' }),
  flip: z.boolean().optional().meta({ description: 'mirrored, left and right, half of the time' }),
  erase: z.number().min(0).max(1).optional().meta({ description: 'how often a part of it is covered' }),
  noise: partOf.optional().meta({ description: 'deviation of what is added to each pixel, of 1 for white' }),
};

/** What every method takes. */
const common = {
  learningRate: rate.optional().meta({ description: 'the highest rate' }),
  schedule: z
    .enum(['cosine', 'linear', 'constant'])
    .optional()
    .meta({ description: 'how the rate goes on from there' }),
  warmupShare: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .meta({ description: 'share of the steps in which the rate rises from 0' }),
  batchSize: count.optional().meta({ description: 'rows a step' }),
  microBatchSize: count
    .optional()
    .meta({ description: 'rows in memory at once; the gradients of a step’s parts are added up' }),
  epochs: count.optional().meta({ description: 'passes over the rows, at most' }),
  maxSteps: count.optional().meta({ description: 'at most so many steps, whatever the epochs' }),
  weightDecay: z.number().min(0).optional().meta({ description: 'of AdamW; biases and norms do not decay' }),
  maxNorm: rate
    .optional()
    .meta({ description: 'gradient clipping: a longer gradient is shortened to this length' }),
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .meta({ description: 'share of the truth that is spread over all labels' }),
  classWeights: z
    .enum(['none', 'balanced'])
    .optional()
    .meta({ description: 'balanced: rare labels count as much as frequent ones' }),
  focalGamma: z
    .number()
    .min(0)
    .optional()
    .meta({ description: 'focal loss instead of cross-entropy: rows that are answered well count less' }),
  augmentation: z
    .union([z.literal('none'), z.strictObject(augmentation)])
    .optional()
    .meta({ description: 'of images: how they may look another time; none: always as they are' }),
  keep: z
    .strictObject({
      rehearsal: z
        .number()
        .min(0)
        .lt(1)
        .optional()
        .meta({ description: 'share of all rows seen that are old ones, where there are some' }),
      distillation: z
        .number()
        .min(0)
        .optional()
        .meta({ description: 'how much the base’s own answers count beside the labels' }),
      pull: z
        .number()
        .min(0)
        .optional()
        .meta({ description: 'how firmly weights are held where they began (L2-SP)' }),
      ewc: z.number().min(0).optional().meta({
        description: 'how firmly weights are held that mattered to old rows (elastic weight consolidation)',
      }),
      interpolate: z.boolean().optional().meta({
        description: 'weights between the base’s and the new ones are tried at the end (WiSE-FT)',
      }),
    })
    .optional()
    .meta({ description: 'of a base: what holds the training to what it knew' }),
  longest: count.optional().meta({ description: 'tokens of a text that are read' }),
  wordDropout: partOf.optional().meta({
    description: 'of labelled texts: share of the tokens that are left out each time a text is learnt from',
  }),
  beta: rate
    .optional()
    .meta({ description: 'of preferences (DPO): how firmly the model is held to what the base would write' }),
  validationShare: share.optional().meta({
    description: 'share of the rows, kept out for early stopping; the newest where they have times',
  }),
  patience: count.optional().meta({ description: 'epochs without a better validation loss' }),
  seed: z
    .int()
    .nonnegative()
    .optional()
    .meta({ description: 'the same seed and rows give the same weights' }),
};

const layers = z.array(count);
const minSteps = count
  .optional()
  .meta({ description: 'of a table: at least so many steps, whatever the epochs' });
const table = {
  hidden: layers.optional().meta({ description: 'of a table: units of the hidden layers (ReLU)' }),
  minSteps,
};

const adapter = {
  rank: count
    .optional()
    .meta({ description: 'of the two thin matrices that are learnt beside each of the base’s' }),
  alpha: rate.optional().meta({ description: 'an adapter counts alpha / rank; default: twice the rank' }),
  rankStabilised: z
    .boolean()
    .optional()
    .meta({ description: 'alpha / √rank instead (rsLoRA): larger ranks keep learning' }),
  targets: z
    .union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)])
    .optional()
    .meta({ description: 'which matrices, by the last parts of their names; default: all but the head' }),
  dropout: z.number().min(0).lt(1).optional().meta({ description: 'of what goes into an adapter' }),
  stored: z.enum(['adapter', 'merged']).optional().meta({
    description:
      'what a version is made of: adapter: only what was learnt, over a base that is stored and held once for all; merged: whole weights, which stand alone; default: adapter where a base is named that Driftloop serves, else merged',
  }),
  recompute: z.boolean().optional().meta({
    description:
      'a layer is computed again in the backward pass rather than what it makes is kept: less memory, a third more time; default: by qlora',
  }),
};

/** What a search tries of a setting: these, or any between two. */
const between = z.strictObject({ from: rate, to: rate });
const tried = {
  method: z.array(z.enum(methods)).min(1).optional().meta({ description: 'methods to try' }),
  learningRate: z
    .union([z.array(rate).min(1), between])
    .optional()
    .meta({ description: 'rates to try, or { from, to }' }),
  rank: z.array(count).min(1).optional().meta({ description: 'ranks of adapters to try' }),
  hidden: z.array(layers).min(1).optional().meta({ description: 'of a table: hidden layers to try' }),
};

const { learningRate: _, ...commonOfSearch } = common;
/** Trials that a search makes where nobody says how much it may cost. */
export const USUAL_TRIALS = 9;

export const fineTuneSchema = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('full'),
    ...common,
    ...table,
    layerRate: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .meta({ description: 'each layer learns this much slower than the one above it' }),
    frozenLayers: z
      .int()
      .nonnegative()
      .optional()
      .meta({ description: 'the embeddings and so many of the lowest layers stay as they are' }),
  }),
  z.strictObject({ method: z.literal('head'), ...common }),
  z.strictObject({
    method: z.literal('lpft'),
    ...common,
    headEpochs: count.optional().meta({ description: 'passes in which only the head learns' }),
    headLearningRate: rate.optional().meta({ description: 'the highest rate in these' }),
  }),
  z.strictObject({
    method: z.literal('lora'),
    ...common,
    ...adapter,
    keptWhole: z.array(z.string().min(1)).optional().meta({
      description:
        'modules that are trained whole beside the adapter, by the last parts of their names, such as the table of words (PEFT’s modules_to_save); a new head always is',
    }),
  }),
  z.strictObject({
    method: z.literal('qlora'),
    ...common,
    ...adapter,
    embeddings: z.enum(['int8', 'float']).optional().meta({
      description:
        'what the base’s embeddings and the matrix of its vocabulary are kept as; default: 8 bits a number where floats would take more than a tenth of the base',
    }),
  }),
  z.strictObject({
    method: z.literal('search'),
    over: z.strictObject(tried).prefault({}),
    budget: z
      .strictObject({
        trials: count.optional().meta({ description: 'settings that are tried' }),
        minutes: rate
          .optional()
          .meta({ description: 'about how long search and training may take together' }),
      })
      .prefault({ trials: USUAL_TRIALS }),
    ...commonOfSearch,
    minSteps,
  }),
]);

export type FineTune = z.output<typeof fineTuneSchema>;
/** A wish that leaves even the method open. */
export type OpenWish =
  | FineTune
  | ({ method?: undefined } & Omit<Extract<FineTune, { method: 'head' }>, 'method'>);
/** What a search tries, within which budget, and what all trials share. */
export type SearchWish = Extract<FineTune, { method: 'search' }>;
type Given = z.input<typeof fineTuneSchema>;
type Options<M extends Given['method']> = Omit<Extract<Given, { method: M }>, 'method'>;

/** Full fine-tuning: every weight learns. The method of tables, and of bases with rows enough. */
export const full = (options: Options<'full'> = {}) => ({ method: 'full' as const, ...options });

/** A linear probe: only the head learns. For very few rows. */
export const head = (options: Options<'head'> = {}) => ({ method: 'head' as const, ...options });

/** The head first, then everything: a new head does not shake what the base knows. */
export const lpft = (options: Options<'lpft'> = {}) => ({ method: 'lpft' as const, ...options });

/** LoRA: thin matrices learn beside the base's, which stay. For fewer rows than a base could learn by heart. */
export const lora = (options: Options<'lora'> = {}) => ({ method: 'lora' as const, ...options });

/** The same with the base in 4 bits a number: for a base that does not fit into memory otherwise. */
export const qlora = (options: Options<'qlora'> = {}) => ({ method: 'qlora' as const, ...options });

/** What a search tries: several values of a setting, or one that all trials share. */
type Tried = {
  method?: Method | readonly Method[];
  learningRate?: number | readonly number[] | { from: number; to: number };
  rank?: number | readonly number[];
  hidden?: readonly number[] | readonly (readonly number[])[];
};

/** Tries settings within a budget, and trains with the best: for whoever knows no learning rates. */
export const search = ({
  method,
  learningRate,
  rank,
  hidden,
  ...rest
}: Tried & Omit<Options<'search'>, 'over'> = {}) => ({
  method: 'search' as const,
  over: {
    ...(method === undefined ? {} : { method: [method].flat() }),
    ...(learningRate === undefined
      ? {}
      : { learningRate: isRange(learningRate) ? learningRate : [learningRate].flat() }),
    ...(rank === undefined ? {} : { rank: [rank].flat() }),
    ...(hidden === undefined
      ? {}
      : { hidden: isOne(hidden) ? [[...hidden]] : hidden.map((one) => [...one]) }),
  },
  ...rest,
});

const isRange = (
  rates: NonNullable<Tried['learningRate']>,
): rates is Exclude<Tried['learningRate'], number | readonly number[] | undefined> =>
  typeof rates === 'object' && 'from' in rates;

const isOne = (layers: NonNullable<Tried['hidden']>): layers is readonly number[] =>
  layers.every((units) => typeof units === 'number');
