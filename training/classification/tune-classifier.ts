import type { Scalar } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { balancedWeights } from '../balanced-weights.ts';
import { fitNetwork } from '../fine-tuning/fit-network.ts';
import type { NetworkFitted, Tunable, TuningScore } from '../fine-tuning/fit-network.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import type { TuningState } from '../fine-tuning/tuning-state.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { focal } from '../losses/focal.ts';
import { seededChance } from '../models/seeded-chance.ts';
import { adamw } from '../optimization/adamw.ts';
import { parametersOf } from '../optimization/parameter-groups.ts';
import { l2Sp } from '../regularisers/l2-sp.ts';
import { pullPenalty } from '../regularisers/pull.ts';
import { shareRight } from '../share-right.ts';
import { meanCrossEntropy } from '../softmax.ts';
import { allLogits } from './all-logits.ts';
import type { Classifier, HeldClassifier } from './classifier.ts';
import type { ClassifierSettings, StageMethod } from './settings.ts';
import { stagesOf } from './stages.ts';
import type { Stage } from './stages.ts';
import { varyInputs } from './vary-inputs.ts';
import type { Vary } from './vary-inputs.ts';

/** Inputs as the network takes them, and the index of each one's label. */
export type LabelledInputs<Input> = { inputs: readonly Input[]; labels: Int32Array };

/** A training in the middle: its stage, from 0, and where it is in that. */
export type StagedState = { stage: number; state: TuningState };

export type ClassifierTuning<Input, Settled> = {
  tf: Tf;
  classifier: Classifier<Input, Settled>;
  /** How many labels there are. */
  labels: number;
  train: LabelledInputs<Input>;
  /** Null: it trains for all of its epochs. */
  validation: LabelledInputs<Input> | null;
  settings: ClassifierSettings;
  /** What each training row is changed by whenever it is learnt from. */
  vary?: Vary<Input> | undefined;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: ((score: TuningScore) => void) | undefined;
  checkpoints?: Checkpoints<StagedState> | undefined;
  signal?: AbortSignal | undefined;
};

export type ClassifierTuned<Settled> = NetworkFitted & {
  settled: Settled;
  trainableParameters: number;
  totalParameters: number;
};

/**
 * Teaches a network to tell inputs apart, in its own memory. The same seed on the same backend gives the same weights,
 * interrupted and resumed or not.
 *
 * @throws {DriftloopError} `DL_TRAINING_OUT_OF_MEMORY`, `DL_ADAPTER_UNFIT`; the signal's reason when aborted
 */
export async function tuneClassifier<Input, Settled>(
  tuning: ClassifierTuning<Input, Settled>,
): Promise<ClassifierTuned<Settled>> {
  const stages = stagesOf(tuning.settings);
  // What an earlier stage has learnt is in the state of a later one.
  const from = tuning.checkpoints?.resumed?.stage ?? 0;
  let tuned: ClassifierTuned<Settled> | null = null;
  for (const [stage, settings] of stages.entries())
    if (stage >= from) tuned = await tuneStage(tuning, settings, stage);
  return tuned!;
}

async function tuneStage<Input, Settled>(
  tuning: ClassifierTuning<Input, Settled>,
  settings: Stage,
  stage: number,
): Promise<ClassifierTuned<Settled>> {
  const { tf, classifier, onProgress, onEpoch, checkpoints, signal } = tuning;
  const held = classifier.hold(settings.method, settings.seed);
  const pulls =
    settings.pull > 0
      ? l2Sp(tf, held.trained, { alpha: settings.pull, beta: 0, isNew: (name) => classifier.isNew(name) })
      : [];
  try {
    const fitted = await fitNetwork({
      tf,
      tunable: {
        ...tunableOf(tuning, settings, held),
        ...(pulls.length > 0 ? { penalty: () => pullPenalty(tf, pulls) } : {}),
      },
      rule: adamw({ weightDecay: settings.weightDecay }),
      settings,
      onProgress,
      ...(onEpoch ? { onEpoch } : {}),
      ...(checkpoints ? { checkpoints: ofStage(checkpoints, stage) } : {}),
      signal,
    });
    const settled = held.settle();
    const trainableParameters = [...held.trained.values()].reduce((sum, { size }) => sum + size, 0);
    return { ...fitted, settled, trainableParameters, totalParameters: classifier.totalParameters };
  } finally {
    tf.dispose(pulls.flatMap(({ towards }) => towards ?? []));
    held.dispose();
  }
}

const ofStage = (checkpoints: Checkpoints<StagedState>, stage: number): Checkpoints<TuningState> => ({
  resumed: checkpoints.resumed?.stage === stage ? checkpoints.resumed.state : null,
  isDue: (step) => checkpoints.isDue(step),
  keep: (state) => checkpoints.keep({ stage, state }),
});

function tunableOf<Input, Settled>(
  { tf, labels, train, validation, vary }: ClassifierTuning<Input, Settled>,
  settings: ClassifierSettings & { method: StageMethod },
  held: HeldClassifier<Input, Settled>,
): Tunable {
  const { method, seed, labelSmoothing, focalGamma } = settings;
  const { lengthOf } = held;
  const classWeights =
    settings.classWeights === 'balanced' ? balancedWeights(train.labels, labels) : undefined;
  const lossOf = (rows: Int32Array, step: number): Scalar => {
    const inputs = vary
      ? varyInputs(train.inputs, rows, vary, { seed, step })
      : Array.from(rows, (row) => train.inputs[row]!);
    const logits = held.logits(inputs, seededChance(tf, seed, step));
    const truth = tf.tensor1d(
      Int32Array.from(rows, (row) => train.labels[row]!),
      'int32',
    );
    return focalGamma === null
      ? crossEntropy(tf, logits, truth, { labelSmoothing, ...(classWeights ? { classWeights } : {}) })
      : focal(tf, logits, truth, { gamma: focalGamma, ...(classWeights ? { alpha: classWeights } : {}) });
  };
  /** What the mean over some rows stands for. */
  const weightOf = (rows: Int32Array): number =>
    classWeights && focalGamma === null
      ? rows.reduce((sum, row) => sum + classWeights[train.labels[row]!]!, 0)
      : rows.length;
  const validate = async (of: LabelledInputs<Input>) => {
    const logits = await allLogits(tf, held, { inputs: of.inputs, labels });
    return {
      loss: meanCrossEntropy(logits, of.labels, labels),
      score: shareRight(logits, of.labels, labels),
    };
  };
  return {
    rows: train.labels.length,
    lengths: lengthOf && Int32Array.from(train.inputs, lengthOf),
    parameters: parametersOf(held.trained, {
      layerRate: method.kind === 'full' ? method.layerRate : 1,
    }),
    parts: (rows, step, atMost) =>
      Array.from({ length: Math.ceil(rows.length / atMost) }, (_, part) => {
        const some = rows.slice(part * atMost, (part + 1) * atMost);
        return { weight: weightOf(some), loss: () => lossOf(some, step) };
      }),
    validate: validation && (() => validate(validation)),
  };
}
