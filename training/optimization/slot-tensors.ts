import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/** What a mover remembers, as tensors of any backend that outlive the `tidy` of a step. */
export function slotTensors(tf: Tf, remembered: Readonly<Record<string, Tensor>>) {
  const slots = new Map(
    Object.entries(remembered).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]),
  );
  const read = (slot: string): Tensor => slots.get(slot)!;
  return {
    read: (slot: string): Tensor => tf.clone(read(slot)),
    /** Puts a new tensor in the place of one, and gives it back. */
    replace(slot: string, change: (before: Tensor) => Tensor): Tensor {
      const before = read(slot);
      const after = tf.keep(change(before));
      slots.set(slot, after);
      before.dispose();
      return after;
    },
    dispose: () => tf.dispose([...slots.values()]),
  };
}
