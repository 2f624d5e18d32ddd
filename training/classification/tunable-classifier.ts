import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Tunable } from '../fine-tuning/fit-network.ts';
import type { Validation } from '../fine-tuning/tuning-state.ts';
import { seededChance } from '../models/seeded-chance.ts';
import { parametersOf } from '../optimization/parameter-groups.ts';
import { rehearsal } from '../regularisers/rehearsal.ts';
import { allLogits } from './all-logits.ts';
import type { HeldClassifier } from './classifier.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import type { Labelling, Objective } from './labelling.ts';
import { columnsOf } from './old-knowledge.ts';
import type { BaseAnswers, OldKnowledge } from './old-knowledge.ts';
import type { Stage } from './stages.ts';
import { varyInputs } from './vary-inputs.ts';
import type { Vary } from './vary-inputs.ts';

export type TunableClassifier<Input, Truth> = {
  tf: Tf;
  held: HeldClassifier<Input, unknown>;
  labelling: Labelling<Truth>;
  /** All rows that may be trained on: so many new ones, then old ones. */
  seen: LabelledInputs<Input, Truth>;
  fresh: number;
  /** Null: it trains for all of its epochs. */
  validation: LabelledInputs<Input, Truth> | null;
  knowledge: OldKnowledge | null;
  /** What each row is changed by whenever it is learnt from. */
  vary: Vary<Input> | undefined;
  stage: Stage;
};

/** A held classifier as `fitNetwork` trains it: its rows, its loss, its look at the validation rows. */
export function tunableClassifier<Input, Truth>(tuned: TunableClassifier<Input, Truth>): Tunable {
  const { tf, held, labelling, seen, fresh, validation, knowledge, stage } = tuned;
  const { method, seed, batchSize } = stage;
  const { lengthOf } = held;
  const { rows, rowAt } = rehearsal({
    fresh,
    old: seen.labels.length - fresh,
    ratio: stage.keep.rehearsal,
    seed,
  });
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  const firstEpoch = Int32Array.from({ length: rows }, (_, place) => rowAt(place, 0));
  const truthsOf = (some: Int32Array) => Array.from(some, (row) => seen.labels[row]!);
  const all = Array.from(seen.labels).slice(0, rows > fresh ? seen.labels.length : fresh);
  const distilled = knowledge?.answers?.known ?? [];
  const objective = labelling.objective({ epoch: truthsOf(firstEpoch), all, distilled }, stage);
  const lossOf = classifierLoss(tuned, objective);
  return {
    rows,
    lengths: lengthOf && firstEpoch.map((row) => lengthOf(seen.inputs[row]!)),
    parameters: parametersOf(held.trained, {
      layerRate: method.kind === 'full' ? method.layerRate : 1,
    }),
    parts(places, step, atMost) {
      const epoch = Math.floor(step / stepsPerEpoch);
      const picked = places.map((place) => rowAt(place, epoch));
      return Array.from({ length: Math.ceil(picked.length / atMost) }, (_, part) => {
        const some = picked.slice(part * atMost, (part + 1) * atMost);
        return { weight: objective.weight(truthsOf(some)), loss: () => lossOf(some, step) };
      });
    },
    validate: validation && (() => validated(tf, held, validation, labelling)),
  };
}

/** How a classifier does on rows. */
export async function validated<Input, Truth>(
  tf: Tf,
  held: HeldClassifier<Input, unknown>,
  of: LabelledInputs<Input, Truth>,
  { labels, meanLoss, shareRight }: Labelling<Truth>,
): Promise<Validation> {
  const logits = await allLogits(tf, held, { inputs: of.inputs, labels });
  return { loss: meanLoss(logits, of.labels), score: shareRight(logits, of.labels) };
}

/** The loss of some of the seen rows: against their labels, and against what the base thought of them. */
function classifierLoss<Input, Truth>(
  { tf, held, labelling, seen, knowledge, vary, stage }: TunableClassifier<Input, Truth>,
  objective: Objective<Truth>,
): (rows: Int32Array, step: number) => Scalar {
  const { seed, keep } = stage;
  const answers = knowledge?.answers ?? null;
  return (rows, step) => {
    const inputs = vary
      ? varyInputs(seen.inputs, rows, vary, { seed, step })
      : Array.from(rows, (row) => seen.inputs[row]!);
    const logits = held.logits(inputs, seededChance(tf, seed, step));
    const truths = Array.from(rows, (row) => seen.labels[row]!);
    const loss = objective.loss(tf, logits, truths);
    if (answers === null) return loss;
    const student = tf.matMul<Tensor2D>(logits, columnsOf(tf, labelling.labels, answers.known));
    const soft = labelling.distil(tf, student, teacherOf(tf, answers, rows));
    return tf.add(loss, tf.mul(soft, keep.distillation));
  };
}

/** What the base thought of some rows, [rows, its labels]. */
function teacherOf(tf: Tf, { logits, known }: BaseAnswers, rows: Int32Array): Tensor2D {
  const some = new Float32Array(rows.length * known.length);
  for (const [i, row] of rows.entries())
    some.set(logits.subarray(row * known.length, (row + 1) * known.length), i * known.length);
  return tf.tensor2d(some, [rows.length, known.length]);
}
