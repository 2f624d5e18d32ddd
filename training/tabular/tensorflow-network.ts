import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { layersOf } from './network.ts';
import type { NetworkShape } from './network.ts';
import { tensorflowOps } from './tensorflow-ops.ts';

/** A trained network on TensorFlow, for answering: its weights stay where they are computed with. */
export type TensorflowNetwork = {
  /** Logits [rows, outputs] of encoded rows [rows, inputs]. */
  logits(x: Float32Array, rows: number): Float32Array;
  dispose(): void;
};

/** Needs the native backend, as `tensorflowLearner` does. */
export function tensorflowNetwork(tf: Tf, shape: NetworkShape, weights: Float32Array): TensorflowNetwork {
  const ops = tensorflowOps(tf);
  const layers = layersOf(shape).map(({ inputs, outputs, kernelAt, biasAt, relu }) => ({
    kernel: tf.keep(tf.tensor2d(weights.slice(kernelAt, biasAt), [inputs, outputs])),
    bias: tf.keep(tf.tensor1d(weights.slice(biasAt, biasAt + outputs))),
    relu,
  }));
  return {
    logits: (x, rows) =>
      tf.tidy(() => {
        let values: Tensor = tf.tensor2d(x, [rows, shape.inputs]);
        for (const { kernel, bias, relu } of layers) {
          values = ops.biasAdd(ops.matMul(values, kernel), bias);
          if (relu) values = ops.relu(values);
        }
        return values.dataSync<'float32'>().slice();
      }),
    dispose: () => tf.dispose(layers.flatMap(({ kernel, bias }) => [kernel, bias])),
  };
}
