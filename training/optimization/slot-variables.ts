import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { NativeOps } from '../native-ops.ts';
import { resourceVariable } from '../resource-variable.ts';

/** What a mover remembers, as variables of native TensorFlow that its operations change in place. */
export function slotVariables(tf: Tf, ops: NativeOps, remembered: Readonly<Record<string, Tensor>>) {
  const slots = new Map(
    Object.entries(remembered).map(([name, tensor]) => {
      const variable = resourceVariable(tf, ops, tensor.shape);
      variable.assign(tensor);
      return [name, variable];
    }),
  );
  return {
    handle: (slot: string): TensorInfo => slots.get(slot)!.handle,
    read: (slot: string): Tensor => slots.get(slot)!.read(),
    dispose: () => slots.forEach((variable) => variable.destroy()),
  };
}
