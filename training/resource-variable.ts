import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';
import type { NativeOps } from './native-ops.ts';

/**
 * A variable of native TensorFlow, which operations such as `ResourceApplyAdam` change in place. It lies outside of
 * every `tidy`; `destroy` frees it.
 */
export type ResourceVariable = {
  /** What operations take as input. */
  handle: TensorInfo;
  /** Shares memory with the tensor until either changes. */
  assign(values: Tensor): void;
  /** Shares memory with the variable until it changes. Belongs to the open `tidy`. */
  read(): Tensor;
  destroy(): void;
};

/** Names of resource variables have to differ within a process. */
let variables = 0;

/** A float variable of this shape; it has no value before the first `assign`. */
export function resourceVariable(tf: Tf, ops: NativeOps, shape: readonly number[]): ResourceVariable {
  variables += 1;
  const ofFloat = [ops.type('dtype', 'float32')];
  const handle = tf.keep(
    ops.one(
      'VarHandleOp',
      [
        ...ofFloat,
        ops.shape('shape', shape),
        ops.text('container', ''),
        ops.text('shared_name', `driftloop-${variables}`),
      ],
      [],
    ),
  );
  return {
    handle,
    assign: (values) => ops.run('AssignVariableOp', ofFloat, [handle, values]),
    read: () => ops.one('ReadVariableOp', ofFloat, [handle]),
    destroy() {
      ops.run('DestroyResourceOp', [ops.flag('ignore_lookup_error', true)], [handle]);
      handle.dispose();
    },
  };
}
