import type { Scalar } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { fitNetwork } from '../fine-tuning/fit-network.ts';
import type { NetworkFitted, Tunable, TuningScore } from '../fine-tuning/fit-network.ts';
import type { TuningProgress } from '../fine-tuning/tuning-meter.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { focal } from '../losses/focal.ts';
import type { LoadedNetwork } from '../models/model-folder.ts';
import { parameterCount } from '../models/parts.ts';
import { seededChance } from '../models/seeded-chance.ts';
import { adamw } from '../optimization/adamw.ts';
import { belowLayer, parametersOf } from '../optimization/parameter-groups.ts';
import { l2Sp } from '../regularisers/l2-sp.ts';
import { pullPenalty } from '../regularisers/pull.ts';
import type { QuantisedNetwork } from '../quantisation/quantised-network.ts';
import { shareRight } from '../share-right.ts';
import { meanCrossEntropy } from '../softmax.ts';
import { balancedWeights } from '../balanced-weights.ts';
import { allTextLogits, textLogits } from './classifier.ts';
import type { TextNetwork, TokenisedText } from './classifier.ts';
import { holdWhole, holdWithAdapter, ofHead } from './held-network.ts';
import type { HeldNetwork } from './held-network.ts';
import type { TextSettings } from './settings.ts';

/** Tokenised texts, and the index of each one's label. */
export type LabelledTexts = { texts: readonly TokenisedText[]; labels: Int32Array };

export type TextTuning = {
  tf: Tf;
  /** For `qlora` one that was loaded in 4 bits a number. */
  network: LoadedNetwork | QuantisedNetwork;
  shape: TextNetwork;
  /** How many labels there are. */
  labels: number;
  train: LabelledTexts;
  /** Null: it trains for all of its epochs. */
  validation: LabelledTexts | null;
  settings: TextSettings;
  onProgress: (progress: TuningProgress) => void;
  onEpoch?: (score: TuningScore) => void;
  signal?: AbortSignal;
};

export type TextTuned = NetworkFitted & {
  /** With what was learnt in it; the one that was given, unless that was quantised. */
  network: LoadedNetwork;
  trainableParameters: number;
  totalParameters: number;
};

/**
 * Fine-tunes a network to tell texts apart, in its own memory. The same seed on the same backend gives the same weights.
 *
 * @throws {DriftloopError} `DL_TRAINING_OUT_OF_MEMORY`, `DL_ADAPTER_UNFIT`; the signal's reason when aborted
 */
export async function tuneTextClassifier(tuning: TextTuning): Promise<TextTuned> {
  const { settings, network } = tuning;
  const totalParameters = parameterCount(network.parts);
  const { method } = settings;
  if (method.kind === 'lpft') {
    const { headEpochs: epochs, headLearningRate: learningRate } = method;
    await tuneStage(tuning, { ...settings, epochs, learningRate, method: { kind: 'head' } });
    const rest = { kind: 'full', layerRate: 1, frozenLayers: 0 } as const;
    return { ...(await tuneStage(tuning, { ...settings, method: rest })), totalParameters };
  }
  return { ...(await tuneStage(tuning, settings)), totalParameters };
}

async function tuneStage(
  tuning: TextTuning,
  settings: TextSettings,
): Promise<Omit<TextTuned, 'totalParameters'>> {
  const { tf, onProgress, onEpoch, signal } = tuning;
  const held = hold(tuning, settings);
  const pulls = settings.pull > 0 ? l2Sp(tf, held.trained, pulling(tuning, settings)) : [];
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
      signal,
    });
    const network = held.settle();
    const trainableParameters = [...held.trained.values()].reduce((sum, { size }) => sum + size, 0);
    return { ...fitted, network, trainableParameters };
  } finally {
    tf.dispose(pulls.flatMap(({ towards }) => towards ?? []));
    held.dispose();
  }
}

/** What began anew is free; the rest is held where it was. */
const pulling = ({ network }: TextTuning, { pull }: TextSettings) => ({
  alpha: pull,
  beta: 0,
  isNew: (name: string) => network.fresh.includes(name),
});

function hold(tuning: TextTuning, { method, seed }: TextSettings): HeldNetwork {
  const { tf, network, labels } = tuning;
  const head = { kind: 'classes', classes: labels } as const;
  switch (method.kind) {
    case 'full': {
      const isFrozen = method.frozenLayers > 0 ? belowLayer(method.frozenLayers) : () => false;
      return holdWhole(tf, network, (name) => !isFrozen(name));
    }
    case 'head':
      return holdWhole(tf, network, ofHead(network, head));
    case 'lora':
    case 'qlora':
      return holdWithAdapter(tf, network, head, { lora: method.lora, seed });
    case 'lpft':
      throw new Error('It is two stages, and each is held by itself.');
    default:
      return method satisfies never;
  }
}

function tunableOf(tuning: TextTuning, settings: TextSettings, held: HeldNetwork): Tunable {
  const { tf, shape, labels, train, validation } = tuning;
  const { method, seed, labelSmoothing, focalGamma } = settings;
  const classWeights =
    settings.classWeights === 'balanced' ? balancedWeights(train.labels, labels) : undefined;
  const lossOf = (rows: Int32Array, step: number): Scalar => {
    const chance = seededChance(tf, seed, step);
    const texts = Array.from(rows, (row) => train.texts[row]!);
    const logits = textLogits(tf, shape, held.weights(chance), texts, chance);
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
  const validate = async (of: LabelledTexts) => {
    const logits = await allTextLogits(tf, shape, held.weights(), { texts: of.texts, labels });
    return {
      loss: meanCrossEntropy(logits, of.labels, labels),
      score: shareRight(logits, of.labels, labels),
    };
  };
  return {
    rows: train.labels.length,
    lengths: Int32Array.from(train.texts, ({ ids }) => ids.length),
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
