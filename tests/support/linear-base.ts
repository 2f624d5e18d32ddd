import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../../training/backend.ts';
import type { Classifier } from '../../training/classification/classifier.ts';

/** Numbers, one for each unit that the base sees. */
export type Point = readonly number[];

export type LinearBase = {
  classifier: Classifier<Point, null>;
  logits(inputs: readonly Point[]): Tensor2D;
  dispose(): void;
};

/** A classifier of two layers: a trunk that passes points on as they are, and a head with these rows, one for each label. */
export function linearBase(tf: Tf, rows: number[][]): LinearBase {
  const trunk = tf.tidy(() => tf.variable(tf.eye(rows[0]!.length)));
  const head = tf.tidy(() => tf.variable(tf.tensor2d(rows)));
  const logits = (inputs: readonly Point[]) =>
    tf.tidy(() =>
      tf.matMul<Tensor2D>(tf.matMul(tf.tensor2d(inputs.map((x) => [...x])), trunk), head, false, true),
    );
  const trained = new Map([
    ['trunk.weight', trunk],
    ['head.weight', head],
  ]);
  return {
    classifier: {
      totalParameters: trunk.size + head.size,
      isNew: (name) => name === 'head.weight',
      hold: () => ({ trained, logits, lengthOf: null, settle: () => null, dispose() {} }),
    },
    logits,
    dispose: () => tf.dispose([trunk, head]),
  };
}

/** Settings with which a few points are learnt in no time. */
export const pointSettings = {
  method: { kind: 'full', layerRate: 1, frozenLayers: 0 },
  learningRate: 0.05,
  schedule: { kind: 'constant' },
  warmupShare: 0,
  batchSize: 8,
  epochs: 20,
  maxNorm: 1,
  patience: 20,
  seed: 1,
  weightDecay: 0,
  labelSmoothing: 0.1,
  classWeights: 'none',
  focalGamma: null,
} as const;
