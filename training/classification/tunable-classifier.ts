import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { balancedWeights } from '../balanced-weights.ts';
import type { Tunable } from '../fine-tuning/fit-network.ts';
import type { Validation } from '../fine-tuning/tuning-state.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { distillation } from '../losses/distillation.ts';
import { focal } from '../losses/focal.ts';
import { seededChance } from '../models/seeded-chance.ts';
import { parametersOf } from '../optimization/parameter-groups.ts';
import { rehearsal } from '../regularisers/rehearsal.ts';
import { shareRight } from '../share-right.ts';
import { meanCrossEntropy } from '../softmax.ts';
import { allLogits } from './all-logits.ts';
import type { HeldClassifier } from './classifier.ts';
import type { LabelledInputs } from './labelled-inputs.ts';
import { columnsOf } from './old-knowledge.ts';
import type { BaseAnswers, OldKnowledge } from './old-knowledge.ts';
import type { Stage } from './stages.ts';
import { varyInputs } from './vary-inputs.ts';
import type { Vary } from './vary-inputs.ts';

export type TunableClassifier<Input> = {
  tf: Tf;
  held: HeldClassifier<Input, unknown>;
  /** How many labels there are. */
  labels: number;
  /** All rows that may be trained on: so many new ones, then old ones. */
  seen: LabelledInputs<Input>;
  fresh: number;
  /** Null: it trains for all of its epochs. */
  validation: LabelledInputs<Input> | null;
  knowledge: OldKnowledge | null;
  /** What each row is changed by whenever it is learnt from. */
  vary: Vary<Input> | undefined;
  stage: Stage;
};

/** A held classifier as `fitNetwork` trains it: its rows, its loss, its look at the validation rows. */
export function tunableClassifier<Input>(tuned: TunableClassifier<Input>): Tunable {
  const { tf, held, labels, seen, fresh, validation, stage } = tuned;
  const { method, seed, batchSize, focalGamma } = stage;
  const { lengthOf } = held;
  const { rows, rowAt } = rehearsal({
    fresh,
    old: seen.labels.length - fresh,
    ratio: stage.keep.rehearsal,
    seed,
  });
  const stepsPerEpoch = Math.ceil(rows / batchSize);
  const firstEpoch = Int32Array.from({ length: rows }, (_, place) => rowAt(place, 0));
  const classWeights =
    stage.classWeights === 'balanced'
      ? balancedWeights(
          firstEpoch.map((row) => seen.labels[row]!),
          labels,
        )
      : undefined;
  const lossOf = classifierLoss(tuned, classWeights);
  /** What the mean over some rows stands for. */
  const weightOf = (some: Int32Array): number =>
    classWeights && focalGamma === null
      ? some.reduce((sum, row) => sum + classWeights[seen.labels[row]!]!, 0)
      : some.length;
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
        return { weight: weightOf(some), loss: () => lossOf(some, step) };
      });
    },
    validate: validation && (() => validated(tf, held, validation, labels)),
  };
}

/** How a classifier does on rows. */
export async function validated<Input>(
  tf: Tf,
  held: HeldClassifier<Input, unknown>,
  of: LabelledInputs<Input>,
  labels: number,
): Promise<Validation> {
  const logits = await allLogits(tf, held, { inputs: of.inputs, labels });
  return {
    loss: meanCrossEntropy(logits, of.labels, labels),
    score: shareRight(logits, of.labels, labels),
  };
}

/** The loss of some of the seen rows: against their labels, and against what the base thought of them. */
function classifierLoss<Input>(
  { tf, held, labels, seen, knowledge, vary, stage }: TunableClassifier<Input>,
  classWeights: number[] | undefined,
): (rows: Int32Array, step: number) => Scalar {
  const { seed, labelSmoothing, focalGamma, keep } = stage;
  const answers = knowledge?.answers ?? null;
  return (rows, step) => {
    const inputs = vary
      ? varyInputs(seen.inputs, rows, vary, { seed, step })
      : Array.from(rows, (row) => seen.inputs[row]!);
    const logits = held.logits(inputs, seededChance(tf, seed, step));
    const truth: Tensor1D = tf.tensor1d(
      rows.map((row) => seen.labels[row]!),
      'int32',
    );
    const loss =
      focalGamma === null
        ? crossEntropy(tf, logits, truth, { labelSmoothing, ...(classWeights ? { classWeights } : {}) })
        : focal(tf, logits, truth, { gamma: focalGamma, ...(classWeights ? { alpha: classWeights } : {}) });
    if (answers === null) return loss;
    const student = tf.matMul<Tensor2D>(logits, columnsOf(tf, labels, answers.known));
    const soft = distillation(tf, student, teacherOf(tf, answers, rows), truth, { alpha: 1 });
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
