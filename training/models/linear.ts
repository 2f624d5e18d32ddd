import type { Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { sumRows } from './sum-rows.ts';

/**
 * y = x·W + b over rows [rows, inputs] → [rows, outputs], whatever W is made of: a plain weight, a weight with an
 * adapter, a quantised weight. Everything that a network computes with a matrix goes through one of these.
 */
export type Linear = (x: Tensor2D) => Tensor2D;

/** torch's `Linear` keeps [outputs, inputs]; GPT-2's `Conv1D` keeps [inputs, outputs]. */
export type WeightLayout = 'out-in' | 'in-out';

export type LinearParts = {
  weight: Tensor2D;
  bias: Tensor1D | null;
  layout: WeightLayout;
  /** Whether the gradients by the weight and by the bias are wanted: a frozen weight shall cost none. */
  trains: { weight: boolean; bias: boolean };
};

/** A variable is trained, any other tensor is frozen. */
export const isTrained = (tensor: Tensor): tensor is Variable =>
  'trainable' in tensor && tensor.trainable === true;

/** A plain weight, with a bias or without. */
export const plainLinear =
  (tf: Tf, weight: Tensor2D, bias: Tensor1D | null, layout: WeightLayout): Linear =>
  (x) =>
    linear(tf, x, {
      weight,
      bias,
      layout,
      trains: { weight: isTrained(weight), bias: bias !== null && isTrained(bias) },
    });

/** The product itself, with gradients by x and by what trains. */
export function linear(tf: Tf, x: Tensor2D, { weight, bias, layout, trains }: LinearParts): Tensor2D {
  const outIn = layout === 'out-in';
  const inputs: Tensor[] = [x];
  if (trains.weight) inputs.push(weight);
  if (trains.bias && bias) inputs.push(bias);
  return withGradient<Tensor2D>(
    tf,
    inputs,
    (save) => {
      if (trains.weight) save([x]);
      const product: Tensor2D = tf.matMul(x, weight, false, outIn);
      return bias ? tf.add<Tensor2D>(product, bias) : product;
    },
    (dy, saved) => {
      const gradients: Tensor[] = [tf.matMul(dy, weight, false, !outIn)];
      if (trains.weight) {
        const rows = saved[0] as Tensor2D;
        gradients.push(outIn ? tf.matMul(dy, rows, true) : tf.matMul(rows, dy, true));
      }
      if (trains.bias && bias) gradients.push(sumRows(tf, dy));
      return gradients;
    },
  );
}
