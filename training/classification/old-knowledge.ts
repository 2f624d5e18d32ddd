import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { readParameters } from '../models/parameters.ts';
import { empiricalFisher } from '../regularisers/fisher.ts';
import type { NamedTensor } from '../safetensors.ts';
import { allLogits } from './all-logits.ts';
import type { HeldClassifier } from './classifier.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import type { Labelling } from './labelling.ts';
import type { KeepSettings } from './keep-settings.ts';

/** What is there of the time before. */
export type OldRows<Input, Truth = number> = Readonly<{
  /** Of each label that the base told apart, its index among all labels now. */
  known: readonly number[];
  /** Old examples to rehearse. */
  rehearse: LabelledInputs<Input, Truth>;
  /** Old examples that only measure what is kept. */
  golden: LabelledInputs<Input, Truth>;
}>;

/** Logits of the base, [rows, its labels], of all rows that may be seen, new ones first. */
export type BaseAnswers = Readonly<{ logits: Float32Array; known: readonly number[] }>;

/** What the base knew, taken down before anything is learnt. */
export type OldKnowledge = Readonly<{
  /** Share of the golden rows that it answered right; null without any. */
  before: number | null;
  /** Null where nothing is distilled. */
  answers: BaseAnswers | null;
  /** What mattered to it, by parameter; null where nothing is consolidated. The owner disposes them. */
  importance: ReadonlyMap<string, Tensor> | null;
  /** Its own parameters, of those that are trained; null where no way back is tried. */
  start: readonly NamedTensor[] | null;
}>;

export type OldToTakeDown<Input, Truth> = {
  old: OldRows<Input, Truth>;
  /** All rows that may be trained on, new ones first. */
  seen: LabelledInputs<Input, Truth>;
  /** Of the labels that there are now. */
  labelling: Labelling<Truth>;
  keep: KeepSettings;
  /** Whether a parameter began anew: there is nothing old in it. */
  isNew: (name: string) => boolean;
};

/** One backward pass each: a few hundred say what matters. */
const CONSOLIDATED_ROWS = 300;

/**
 * Asks the base before it changes.
 *
 * @param held the base, as what will be trained of it is held
 */
export async function takeDown<Input, Truth>(
  tf: Tf,
  held: HeldClassifier<Input, unknown>,
  { old, seen, labelling, keep, isNew }: OldToTakeDown<Input, Truth>,
): Promise<OldKnowledge> {
  const { labels } = labelling;
  const logitsOf = (inputs: readonly Input[]) => allLogits(tf, held, { inputs, labels });
  // A base without a head for any of the labels could answer none of them.
  const golden = old.golden.labels.length > 0 && old.known.length > 0 ? old.golden : null;
  return {
    before:
      golden &&
      labelling.shareRight(onlyKnown(await logitsOf(golden.inputs), labels, old.known), golden.labels),
    answers:
      keep.distillation > 0 && old.known.length > 0
        ? { logits: ofKnown(await logitsOf(seen.inputs), labels, old.known), known: old.known }
        : null,
    importance: keep.ewc > 0 && old.known.length > 0 ? importanceOf(tf, held, old, labelling) : null,
    start:
      keep.interpolate && golden
        ? (await readParameters(held.trained)).filter(({ name }) => !isNew(name))
        : null,
  };
}

function importanceOf<Input, Truth>(
  tf: Tf,
  held: HeldClassifier<Input, unknown>,
  { rehearse, known }: OldRows<Input, Truth>,
  { labels, surprise }: Labelling<Truth>,
): ReadonlyMap<string, Tensor> {
  const rows = rehearse.inputs.flatMap((input, row) => {
    const surpriseOf = surprise(rehearse.labels[row]!, known);
    return surpriseOf === null ? [] : [{ input, surpriseOf }];
  });
  const every = Math.max(1, Math.floor(rows.length / CONSOLIDATED_ROWS));
  const some = rows.filter((_, i) => i % every === 0);
  return empiricalFisher(
    tf,
    held.trained,
    some.map(({ input, surpriseOf }) => () => {
      const logits = tf.matMul<Tensor2D>(held.logits([input]), columnsOf(tf, labels, known));
      return surpriseOf(tf, logits);
    }),
  );
}

/** A matrix [labels, known] that takes the columns of known labels out of logits, in the order of the base. */
export const columnsOf = (tf: Tf, labels: number, known: readonly number[]): Tensor2D =>
  tf.tidy(() => tf.transpose(tf.oneHot(tf.tensor1d([...known], 'int32'), labels).toFloat()) as Tensor2D);

/** Logits of rows as the base had them: what it did not know cannot be its answer. */
function onlyKnown(logits: Float32Array, labels: number, known: readonly number[]): Float32Array {
  const isKnown = new Set(known);
  return logits.map((logit, i) => (isKnown.has(i % labels) ? logit : -Infinity));
}

/** The columns of known labels. */
const ofKnown = (logits: Float32Array, labels: number, known: readonly number[]): Float32Array =>
  Float32Array.from(
    { length: (logits.length / labels) * known.length },
    (_, i) => logits[Math.floor(i / known.length) * labels + known[i % known.length]!]!,
  );
