import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/** What tfjs-node's backend offers beside tfjs' own kernels: any operation of TensorFlow, by name. */
type NativeBackend = {
  binding: Readonly<
    Record<
      'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING' | 'TF_ATTR_SHAPE' | 'TF_FLOAT' | 'TF_INT32',
      number
    >
  >;
  executeSingleOutput(name: string, attributes: Attribute[], inputs: TensorInfo[]): Tensor;
  executeMultipleOutputs(name: string, attributes: Attribute[], inputs: TensorInfo[], n: number): Tensor[];
};
type Attribute = { name: string; type: number; value: number | boolean | string | number[] };

/** Names of resource variables have to differ within a process. */
let variables = 0;

/** The few raw operations of a dense network, with their attributes made once. Outputs belong to the open `tidy`. */
export function tensorflowOps(tf: Tf) {
  const native = tf.backend() as unknown as NativeBackend;
  const b = native.binding;
  const type = (name: string, value: number): Attribute => ({ name, type: b.TF_ATTR_TYPE, value });
  const flag = (name: string, value: boolean): Attribute => ({ name, type: b.TF_ATTR_BOOL, value });
  const text = (name: string, value: string): Attribute => ({ name, type: b.TF_ATTR_STRING, value });

  const float = [type('T', b.TF_FLOAT)];
  const ofFloat = [type('dtype', b.TF_FLOAT)];
  const channels = [...float, text('data_format', 'NHWC')];
  const crossEntropy = [...float, type('Tlabels', b.TF_INT32)];
  const adam = [...float, flag('use_locking', false), flag('use_nesterov', false)];
  const transposed = (a: boolean, other: boolean) => [
    ...float,
    flag('transpose_a', a),
    flag('transpose_b', other),
  ];
  const matMul = {
    plain: transposed(false, false),
    'transpose-a': transposed(true, false),
    'transpose-b': transposed(false, true),
  };

  return {
    matMul: (a: Tensor, c: Tensor, mode: keyof typeof matMul = 'plain') =>
      native.executeSingleOutput('MatMul', matMul[mode], [a, c]),
    biasAdd: (x: Tensor, bias: Tensor) => native.executeSingleOutput('BiasAdd', channels, [x, bias]),
    biasAddGradient: (delta: Tensor) => native.executeSingleOutput('BiasAddGrad', channels, [delta]),
    multiply: (a: Tensor, c: Tensor) => native.executeSingleOutput('Mul', float, [a, c]),
    relu: (x: Tensor) => native.executeSingleOutput('Relu', float, [x]),
    /** The gradient by what went into the ReLU; `out` is what came out of it. */
    reluGradient: (delta: Tensor, out: Tensor) => native.executeSingleOutput('ReluGrad', float, [delta, out]),
    /** softmax(logits) − one-hot(labels), row by row. */
    crossEntropyGradient(logits: Tensor, labels: Tensor): Tensor {
      const name = 'SparseSoftmaxCrossEntropyWithLogits';
      return native.executeMultipleOutputs(name, crossEntropy, [logits, labels], 2)[1]!;
    },
    /** A resource variable outside of every `tidy`; `destroy` frees it. */
    variable(values: Float32Array, shape: number[]): TensorInfo {
      variables += 1;
      const attributes = [
        ...ofFloat,
        { name: 'shape', type: b.TF_ATTR_SHAPE, value: shape },
        text('container', ''),
        text('shared_name', `driftloop-${variables}`),
      ];
      const handle = tf.keep(native.executeSingleOutput('VarHandleOp', attributes, []));
      tf.tidy(() => {
        native.executeMultipleOutputs('AssignVariableOp', ofFloat, [handle, tf.tensor(values, shape)], 0);
      });
      return handle;
    },
    read: (variable: TensorInfo) => native.executeSingleOutput('ReadVariableOp', ofFloat, [variable]),
    /** `rest`: β1ᵗ, β2ᵗ, rate, β1, β2, ε, gradient; TensorFlow corrects the rate by the two powers. */
    applyAdam(variable: TensorInfo, m: TensorInfo, v: TensorInfo, rest: readonly Tensor[]): void {
      native.executeMultipleOutputs('ResourceApplyAdam', adam, [variable, m, v, ...rest], 0);
    },
    destroy(variable: TensorInfo): void {
      const attributes = [flag('ignore_lookup_error', true)];
      native.executeMultipleOutputs('DestroyResourceOp', attributes, [variable], 0);
      tf.dispose(variable as Tensor);
    },
  };
}
