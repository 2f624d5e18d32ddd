import { balancedWeights } from '../balanced-weights.ts';
import { crossEntropy } from '../losses/cross-entropy.ts';
import { distillation } from '../losses/distillation.ts';
import { focal } from '../losses/focal.ts';
import { shareRight } from '../share-right.ts';
import { meanCrossEntropy } from '../softmax.ts';
import type { Labelling } from './labelling.ts';

/** Each row has one label, given by its index: softmax and cross-entropy. */
export const oneLabel = (labels: number): Labelling<number> => ({
  labels,
  startingBias: () => null,
  objective({ epoch }, { labelSmoothing, classWeights, focalGamma }) {
    const weights = classWeights === 'balanced' ? balancedWeights(Int32Array.from(epoch), labels) : null;
    return {
      loss(tf, logits, some) {
        const truth = tf.tensor1d([...some], 'int32');
        return focalGamma === null
          ? crossEntropy(tf, logits, truth, { labelSmoothing, ...(weights ? { classWeights: weights } : {}) })
          : focal(tf, logits, truth, { gamma: focalGamma, ...(weights ? { alpha: weights } : {}) });
      },
      weight: (some) =>
        weights && focalGamma === null ? some.reduce((sum, label) => sum + weights[label]!, 0) : some.length,
    };
  },
  distil: (tf, student, teacher) =>
    distillation(tf, student, teacher, tf.zeros([student.shape[0]], 'int32'), { alpha: 1 }),
  surprise(label, known) {
    const at = known.indexOf(label);
    return at === -1 ? null : (tf, logits) => crossEntropy(tf, logits, tf.tensor1d([at], 'int32'));
  },
  lossShare: 1,
  meanLoss: (logits, truths) => meanCrossEntropy(logits, truths, labels),
  shareRight: (logits, truths) => shareRight(logits, truths, labels),
});
