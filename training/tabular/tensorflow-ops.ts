import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { nativeOps } from '../native-ops.ts';
import { resourceVariable } from '../resource-variable.ts';
import type { ResourceVariable } from '../resource-variable.ts';

/**
 * The few raw operations of a dense network, with their attributes made once. Outputs belong to the open `tidy`.
 *
 * @throws where the backend is not native TensorFlow
 */
export function tensorflowOps(tf: Tf) {
  const native = nativeOps(tf);
  if (native === null) throw new Error(`The backend "${tf.getBackend()}" has no operations of TensorFlow.`);
  const float = [native.type('T', 'float32')];
  const channels = [...float, native.text('data_format', 'NHWC')];
  const crossEntropy = [...float, native.type('Tlabels', 'int32')];
  const adam = [...float, native.flag('use_locking', false), native.flag('use_nesterov', false)];
  const transposed = (a: boolean, other: boolean) => [
    ...float,
    native.flag('transpose_a', a),
    native.flag('transpose_b', other),
  ];
  const matMul = {
    plain: transposed(false, false),
    'transpose-a': transposed(true, false),
    'transpose-b': transposed(false, true),
  };

  return {
    matMul: (a: Tensor, c: Tensor, mode: keyof typeof matMul = 'plain') =>
      native.one('MatMul', matMul[mode], [a, c]),
    biasAdd: (x: Tensor, bias: Tensor) => native.one('BiasAdd', channels, [x, bias]),
    biasAddGradient: (delta: Tensor) => native.one('BiasAddGrad', channels, [delta]),
    multiply: (a: Tensor, c: Tensor) => native.one('Mul', float, [a, c]),
    relu: (x: Tensor) => native.one('Relu', float, [x]),
    /** The gradient by what went into the ReLU; `out` is what came out of it. */
    reluGradient: (delta: Tensor, out: Tensor) => native.one('ReluGrad', float, [delta, out]),
    /** softmax(logits) − one-hot(labels), row by row. */
    crossEntropyGradient(logits: Tensor, labels: Tensor): Tensor {
      const name = 'SparseSoftmaxCrossEntropyWithLogits';
      return native.many(name, crossEntropy, [logits, labels], 2)[1]!;
    },
    /** 2 (outputs − targets): two operations, the second an addition to itself. */
    twiceTheDistance(outputs: Tensor, targets: Tensor): Tensor {
      const distance = native.one('Sub', float, [outputs, targets]);
      return native.one('AddV2', float, [distance, distance]);
    },
    variable(values: Float32Array, shape: number[]): ResourceVariable {
      const made = resourceVariable(tf, native, shape);
      tf.tidy(() => made.assign(tf.tensor(values, shape)));
      return made;
    },
    /** `rest`: β1ᵗ, β2ᵗ, rate, β1, β2, ε, gradient; TensorFlow corrects the rate by the two powers. */
    applyAdam(
      variable: ResourceVariable,
      m: ResourceVariable,
      v: ResourceVariable,
      rest: readonly Tensor[],
    ): void {
      native.run('ResourceApplyAdam', adam, [variable.handle, m.handle, v.handle, ...rest]);
    },
  };
}
