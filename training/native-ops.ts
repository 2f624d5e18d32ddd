import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';

/**
 * Any operation of TensorFlow by its name, with its attributes. This file and no other knows the inner interface of
 * tfjs-node's backend (4.22, its last release) that this needs.
 *
 * Nothing that is computed here is seen by automatic differentiation: use it outside of a gradient, or inside a custom
 * one. Outputs belong to the open `tidy`.
 */
export type NativeOps = {
  /** An operation with one output. */
  one(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  /** An operation with several. */
  many(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
  /** An operation that is run for its effect. */
  run(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): void;
  type(name: string, dtype: 'float32' | 'int32' | 'uint8'): Attribute;
  flag(name: string, value: boolean): Attribute;
  text(name: string, value: string): Attribute;
  shape(name: string, value: readonly number[]): Attribute;
};

export type Attribute = Readonly<{
  name: string;
  type: number;
  value: number | boolean | string | readonly number[];
}>;

type NodeBackend = {
  binding: Readonly<
    Record<
      | 'TF_ATTR_TYPE'
      | 'TF_ATTR_BOOL'
      | 'TF_ATTR_STRING'
      | 'TF_ATTR_SHAPE'
      | 'TF_FLOAT'
      | 'TF_INT32'
      | 'TF_UINT8',
      number
    >
  >;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
};

/** How tfjs-node and tfjs-node-gpu name themselves. */
const NATIVE_BACKEND = 'tensorflow';

const known = new WeakMap<object, NativeOps>();

/** The operations of the backend that computes now; null where it is not native TensorFlow (plain JS, WebGPU). */
export function nativeOps(tf: Tf): NativeOps | null {
  if (tf.getBackend() !== NATIVE_BACKEND) return null;
  const backend = tf.backend();
  const ops = known.get(backend) ?? opsOf(backend as unknown as NodeBackend);
  known.set(backend, ops);
  return ops;
}

function opsOf(backend: NodeBackend): NativeOps {
  const b = backend.binding;
  const dtypes = { float32: b.TF_FLOAT, int32: b.TF_INT32, uint8: b.TF_UINT8 };
  return {
    one: (name, attributes, inputs) => backend.executeSingleOutput(name, attributes, inputs),
    many: (name, attributes, inputs, outputs) =>
      backend.executeMultipleOutputs(name, attributes, inputs, outputs),
    run: (name, attributes, inputs) => void backend.executeMultipleOutputs(name, attributes, inputs, 0),
    type: (name, dtype) => ({ name, type: b.TF_ATTR_TYPE, value: dtypes[dtype] }),
    flag: (name, value) => ({ name, type: b.TF_ATTR_BOOL, value }),
    text: (name, value) => ({ name, type: b.TF_ATTR_STRING, value }),
    shape: (name, value) => ({ name, type: b.TF_ATTR_SHAPE, value }),
  };
}
