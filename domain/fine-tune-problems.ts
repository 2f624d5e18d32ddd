import type { Note } from './config-problems.ts';
import type { FineTune, Method } from './fine-tune-config.ts';
import { readsText } from './input.ts';
import type { ModelConfig } from './model-config.ts';

type Trained = Pick<ModelConfig, 'task' | 'input' | 'base' | 'fineTune' | 'trainer'>;

/** What the training of a table takes, beside its method. */
const tableFields = [
  'hidden',
  'learningRate',
  'schedule',
  'warmupShare',
  'batchSize',
  'epochs',
  'minSteps',
  'maxSteps',
  'validationShare',
  'patience',
  'seed',
  'classWeights',
  'over',
  'budget',
];
/** Settings of some kinds of network. */
const onlyFor: Readonly<Record<string, readonly Reads[]>> = {
  hidden: ['columns'],
  minSteps: ['columns'],
  longest: ['texts', 'prompts'],
  wordDropout: ['texts'],
  augmentation: ['images'],
  beta: ['prompts'],
};
/**
 * What tells labels apart is taught by; what writes is not. Its table of words is its head too: kept whole beside an
 * adapter, the one would go on without the other in PEFT.
 */
const labelFields = ['labelSmoothing', 'classWeights', 'focalGamma', 'keep', 'keptWhole'];

/** Notes wishes that the task cannot fulfil, and those that contradict each other. */
export function checkFineTune(model: Trained, note: Note): void {
  // What a program of the team's makes of them is its own matter.
  if (model.trainer.kind === 'command') return;
  const reads = readsOf(model);
  if (reads === 'prompts') checkPrompts(model, note);
  if (reads === 'columns' && model.base.kind === 'pretrained')
    note(
      'base',
      `is "${model.base.from}", and a table begins from none`,
      'Remove it, or write fromScratch().',
    );
  const { fineTune } = model;
  if (fineTune === undefined) return;
  checkMethods(model, fineTune, note);
  for (const [field, value] of Object.entries(fineTune)) {
    if (field === 'method' || value === undefined) continue;
    const meantFor = unfitField(reads, field);
    if (meantFor !== null)
      note(
        `fineTune.${field}`,
        `is for networks that read ${meantFor}, and this model reads ${reads}`,
        'Remove it.',
      );
  }
  checkNumbers(fineTune, note);
}

type Reads = 'columns' | 'texts' | 'images' | 'prompts';

/**
 * A model that writes reads prompts. Of the others an image among the features makes it one of images; a text is a column
 * beside others, and alone a language.
 */
function readsOf({ task, input }: Trained): Reads {
  if (task.kind === 'generation') return 'prompts';
  if (Object.values(input).some(({ kind }) => kind === 'image')) return 'images';
  return readsText(input) ? 'texts' : 'columns';
}

/** What a setting is for, where a model does not read that. */
function unfitField(reads: Reads, field: string): string | null {
  const only = onlyFor[field];
  if (only !== undefined) return only.includes(reads) ? null : only.join(' or ');
  if (reads === 'prompts') return labelFields.includes(field) ? 'labels' : null;
  return reads === 'columns' && !tableFields.includes(field) ? 'texts or images' : null;
}

/** What writes goes on from a base that can write, and is asked one text. */
function checkPrompts({ input, base }: Trained, note: Note): void {
  if (!readsText(input))
    note('input', 'is not one text, which is what a model that writes is asked', 'Write { prompt: text() }.');
  if (base.kind !== 'pretrained')
    note(
      'base',
      `is ${base.kind === 'scratch' ? 'none' : 'the champion'}, and what writes goes on from a base that can write`,
      "Name one, such as base: 'hf:owner/name' or base: './bases/decoder'.",
    );
}

function checkMethods(model: Trained, fineTune: FineTune, note: Note): void {
  if (fineTune.method === 'search') {
    for (const method of fineTune.over.method ?? []) checkMethod(model, 'fineTune.over.method', method, note);
    const over: readonly (keyof typeof fineTune.over)[] =
      readsOf(model) === 'columns' ? ['rank'] : ['hidden'];
    for (const field of over)
      if (fineTune.over[field] !== undefined)
        note(`fineTune.over.${field}`, `is no setting of a model that reads ${readsOf(model)}`, 'Remove it.');
    return;
  }
  checkMethod(model, 'fineTune.method', fineTune.method, note);
}

function checkMethod(model: Trained, field: string, method: Method, note: Note): void {
  if (method === 'full') return;
  if (readsOf(model) === 'prompts') {
    if (method === 'head' || method === 'lpft')
      note(
        field,
        `is "${method}", which trains a new head, and what writes has none of its own`,
        'Write lora(), qlora() or full().',
      );
    return;
  }
  if (readsOf(model) === 'columns')
    note(
      field,
      `is "${method}", which adapts a base, and a table begins from none`,
      'Write full(), or leave fineTune out.',
    );
  else if (model.base.kind === 'scratch')
    note(
      field,
      `is "${method}", which adapts a base, and none is named`,
      "Name one, such as base: './bases/encoder', or write full().",
    );
}

function checkNumbers(fineTune: FineTune, note: Note): void {
  const { maxSteps, batchSize, microBatchSize } = fineTune;
  const minSteps = 'minSteps' in fineTune ? fineTune.minSteps : undefined;
  if (minSteps !== undefined && maxSteps !== undefined && minSteps > maxSteps)
    note(
      'fineTune.minSteps',
      `${minSteps} is more than maxSteps (${maxSteps})`,
      'Lower it, or raise maxSteps.',
    );
  if (microBatchSize !== undefined && batchSize !== undefined && microBatchSize > batchSize)
    note(
      'fineTune.microBatchSize',
      `${microBatchSize} is more than batchSize (${batchSize})`,
      'Lower it: it is a part of the batch.',
    );
  if (fineTune.focalGamma !== undefined && (fineTune.labelSmoothing ?? 0) > 0)
    note(
      'fineTune.focalGamma',
      'stands beside labelSmoothing, which focal loss does not know',
      'Remove one of them.',
    );
  if (fineTune.method !== 'search') return;
  const rates = fineTune.over.learningRate;
  if (rates !== undefined && !Array.isArray(rates) && rates.from > rates.to)
    note('fineTune.over.learningRate', `goes from ${rates.from} down to ${rates.to}`, 'Turn it round.');
}
