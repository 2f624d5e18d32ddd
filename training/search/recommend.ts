import type { Method, Settings } from './settings.ts';

/** What is known before a training. */
export type Situation = Readonly<{
  task: 'tabular' | 'text' | 'image' | 'generation';
  /** Examples to train on. */
  rows: number;
  /** Labels; null where the task has none. */
  classes: number | null;
  /** Weights of the base; null: from scratch. */
  weights: number | null;
  /** Memory for the training, where it is known. */
  memoryBytes: number | null;
  /** Whether the base has matrices that an adapter goes beside; convolutions have none. Default: it has. */
  adapters?: boolean;
  /** Of a base of texts, the module that holds a row for each word. */
  words?: string;
  /** Whether the rows are pairs of answers, of which one is preferred. */
  preferences?: boolean;
}>;

export type Recommendation = Readonly<{
  settings: Settings;
  /** One plain sentence, without its full stop. */
  reason: string;
}>;

/** Bytes a weight: value, gradient and two moments in float32; a frozen value; one in NF4 with its scales. */
const TRAINED_BYTES = 16;
const FROZEN_BYTES = 4;
const QUANTISED_BYTES = 0.52;
/** For activations and adapters, as a share of the memory. */
const WORKING_SHARE = 0.4;

/** Fewer examples of a class say too little about anything but a linear boundary. */
const FEW_PER_CLASS = 8;
/** So many weights for each example are remembered rather than learnt from. */
const MEMORISED_WEIGHTS = 20_000;
/** Steps that a training takes at least, whatever its rows: then epochs are few for many rows and many for few. */
const STEPS = 600;
const EPOCHS = { least: 3, most: 30 };

/** Rates that work where nothing else is known; a base of fewer weights bears a higher one. */
export const RATES: Readonly<Record<Method, number>> = {
  full: 3e-5,
  head: 1e-3,
  lpft: 3e-5,
  lora: 2e-4,
  qlora: 2e-4,
};
/** From scratch everything is new: it takes more epochs, and bears a higher rate, than a base that knows much. */
const SCRATCH = { epochs: 20, learningRate: 1e-3 };
/** A small convolutional network bears more still: measured in docs/decisions/images.md. */
const SCRATCH_IMAGES = { learningRate: 3e-3, epochs: { least: 30, most: 100 }, steps: 800 };
/** A text encoder begins as an average of words, which learns fast. */
const SCRATCH_TEXT = { learningRate: 2e-3, batchSize: 64, epochs: { least: 10, most: 30 }, steps: 1_500 };
const SMALL_BASE = 20e6;
const SMALL_FACTOR = 5;
/** A preference says which way to go, not where: with large steps a model forgets how to write before it arrives. */
const PREFERENCE_FACTOR = 1 / 10;
/**
 * A text encoder of Driftloop's own: all of it learns nearly as fast as from scratch, and an adapter has to be wide. Its
 * rate has to have fallen before the few validation rows end the training: the last steps bring most. Measured in
 * docs/decisions/keeping-what-was-known.md.
 */
const TINY_TEXT = {
  weights: 3e6,
  factor: { whole: 30, adapter: 15 },
  rank: 16,
  epochs: { least: 7, most: 40 },
  steps: 260,
};
/** The same of a convolutional network of Driftloop's own. */
const TINY_CONVNET = { weights: 1e6, factor: 50 };

/**
 * Settings for a person who knows no learning rates, and why they were taken: as much of the base is trained as the
 * examples can teach and the memory can hold.
 *
 * @param wished a method that a person asks for; the other settings are those for it
 */
export function recommend(situation: Situation, wished?: Method): Recommendation {
  const { rows, task, weights } = situation;
  const { method, why } =
    wished === undefined ? methodFor(situation) : { method: wished, why: 'it was asked for' };
  const isNewText = task === 'text' && weights === null;
  const batchAtMost = isNewText ? SCRATCH_TEXT.batchSize : 32;
  const batchSize =
    task === 'generation' ? 8 : Math.min(batchAtMost, Math.max(8, 2 ** Math.floor(Math.log2(rows / 20))));
  const stepsAnEpoch = Math.max(1, Math.ceil(rows / batchSize));
  const within = (least: number, most: number, steps: number) =>
    Math.min(most, Math.max(least, Math.ceil(steps / stepsAnEpoch)));
  const isTiny = isTinyText(situation);
  const { epochs: usual, steps } = isTiny && method === 'lora' ? TINY_TEXT : { epochs: EPOCHS, steps: STEPS };
  const epochs = weights === null ? scratchEpochs(task, within) : within(usual.least, usual.most, steps);
  const isAdapter = method === 'lora' || method === 'qlora';
  const rank = isAdapter ? Math.max(isTiny ? TINY_TEXT.rank : 0, rankFor(rows)) : null;
  const isConvnet = task === 'image' && weights !== null && weights < TINY_CONVNET.weights;
  const factor = weights === null || weights >= SMALL_BASE ? 1 : factorFor(method, { isTiny, isConvnet });
  const gentle = situation.preferences ? PREFERENCE_FACTOR : 1;
  const learningRate = weights === null ? scratchRate(task) : RATES[method] * factor * gentle;
  const said = `${count(rows)} ${rows === 1 ? 'example' : 'examples'}: ${names[method]}${rank ? ` rank ${rank}` : ''}`;
  return {
    settings: { method, learningRate, rank, epochs, batchSize },
    reason: `${said}, because ${why}`,
  };
}

const names: Readonly<Record<Method, string>> = {
  full: 'full fine-tuning',
  head: 'only the head',
  lpft: 'the head first, then everything',
  lora: 'LoRA',
  qlora: 'QLoRA',
};

/** Whether a base of texts is so small that it has seen few words. */
export const isTinyText = ({ task, weights }: Situation): boolean =>
  task === 'text' && weights !== null && weights < TINY_TEXT.weights;

/** How much higher a rate is that a small base bears. */
function factorFor(method: Method, { isTiny, isConvnet }: { isTiny: boolean; isConvnet: boolean }): number {
  switch (method) {
    case 'full':
    case 'lpft':
      return isTiny ? TINY_TEXT.factor.whole : isConvnet ? TINY_CONVNET.factor : SMALL_FACTOR;
    case 'lora':
      return isTiny ? TINY_TEXT.factor.adapter : SMALL_FACTOR;
    case 'head':
    case 'qlora':
      return SMALL_FACTOR;
    default:
      return method satisfies never;
  }
}

function scratchRate(task: Situation['task']): number {
  if (task === 'text') return SCRATCH_TEXT.learningRate;
  return task === 'image' ? SCRATCH_IMAGES.learningRate : SCRATCH.learningRate;
}

function scratchEpochs(
  task: Situation['task'],
  within: (least: number, most: number, steps: number) => number,
): number {
  if (task !== 'image' && task !== 'text') return SCRATCH.epochs;
  const { epochs, steps } = task === 'image' ? SCRATCH_IMAGES : SCRATCH_TEXT;
  return within(epochs.least, epochs.most, steps);
}

function methodFor({ task, rows, classes, weights, memoryBytes, adapters = true }: Situation): {
  method: Method;
  why: string;
} {
  if (weights === null) return { method: 'full', why: 'there is no base to keep' };
  const fits = (bytes: number) =>
    memoryBytes === null || weights * bytes <= memoryBytes * (1 - WORKING_SHARE);
  const base = `${count(weights)} weights`;
  if (!adapters) return withoutAdapters(rows, classes, weights);
  if (!fits(FROZEN_BYTES)) {
    const has = count(memoryBytes ?? 0);
    return fits(QUANTISED_BYTES)
      ? { method: 'qlora', why: `the ${base} fit into ${has} bytes of memory only in 4 bits each` }
      : { method: 'qlora', why: `it needs the least memory, though ${has} bytes may not do for ${base}` };
  }
  if (task !== 'generation' && classes !== null && rows < FEW_PER_CLASS * classes)
    return { method: 'head', why: `${count(classes)} labels have fewer than ${FEW_PER_CLASS} examples each` };
  if (weights > rows * MEMORISED_WEIGHTS)
    return { method: 'lora', why: `full fine-tuning of ${base} would memorise them` };
  if (!fits(TRAINED_BYTES))
    return { method: 'lora', why: `the gradients and moments of ${base} do not fit into memory` };
  return task === 'generation' || classes === null
    ? { method: 'full', why: `there are enough of them for all ${base}` }
    : {
        method: 'lpft',
        why: `there are enough of them for all ${base}, and a trained head spares these a shock`,
      };
}

/** Of a base that no adapter goes beside. */
function withoutAdapters(
  rows: number,
  classes: number | null,
  weights: number,
): { method: Method; why: string } {
  const base = `${count(weights)} weights`;
  if (classes !== null && rows < FEW_PER_CLASS * classes)
    return { method: 'head', why: `${count(classes)} labels have fewer than ${FEW_PER_CLASS} examples each` };
  if (weights > rows * MEMORISED_WEIGHTS)
    return {
      method: 'head',
      why: `all ${base} would memorise them, and no adapter goes beside convolutions`,
    };
  return {
    method: 'lpft',
    why: `there are enough of them for all ${base}, and a trained head spares these a shock`,
  };
}

/** More examples can fill more of an adapter. */
const rankFor = (rows: number): number => (rows < 500 ? 4 : rows < 2_000 ? 8 : rows < 20_000 ? 16 : 32);

/** 110 M, 4.2 k, 800. */
function count(n: number): string {
  const [unit, suffix] = n >= 1e9 ? [1e9, ' G'] : n >= 1e6 ? [1e6, ' M'] : n >= 1e4 ? [1e3, ' k'] : [1, ''];
  return `${Number((n / unit).toPrecision(3))}${suffix}`;
}
