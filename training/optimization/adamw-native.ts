import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { NativeOps } from '../native-ops.ts';
import { resourceVariable } from '../resource-variable.ts';
import type { AdamWOptions } from './adamw.ts';
import { slotVariables } from './slot-variables.ts';
import type { Moved, Mover } from './update-rule.ts';

/**
 * The same step with TensorFlow's own operation: m, v and the values in one pass over memory, and 3 to 4 operations
 * where the plain way takes 13.
 *
 * TensorFlow's p ← p − α·m / (√v + ε) is PyTorch's with α = rate·√(1 − β2ᵗ) / (1 − β1ᵗ) and ε·√(1 − β2ᵗ) for ε. Both are
 * computed here in float64, and the operation is told that the powers of β are 0.
 */
export function nativeAdamW(
  tf: Tf,
  ops: NativeOps,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
  { shape, decays }: Moved,
  remembered: Readonly<Record<string, Tensor>>,
): Mover {
  const value = resourceVariable(tf, ops, shape);
  const slots = slotVariables(tf, ops, remembered);
  const constants = [0, beta1, beta2].map((x) => tf.keep(tf.scalar(x)));
  const [zero, b1, b2] = constants as [Tensor, Tensor, Tensor];
  const attributes = [
    ops.type('T', 'float32'),
    ops.flag('use_locking', false),
    ops.flag('use_nesterov', false),
  ];
  return {
    move(values, gradient, rate, step) {
      const begun = decays ? tf.mul(values, 1 - rate * weightDecay) : values;
      value.assign(begun);
      // Now the variable alone holds it, so that the update need not make a copy first.
      if (decays) begun.dispose();
      const correction = Math.sqrt(1 - beta2 ** step);
      const alpha = tf.scalar((rate * correction) / (1 - beta1 ** step));
      const handles = [value.handle, slots.handle('m'), slots.handle('v')];
      const rest = [zero, zero, alpha, b1, b2, tf.scalar(epsilon * correction), gradient];
      ops.run('ResourceApplyAdam', attributes, [...handles, ...rest]);
      return value.read();
    },
    read: slots.read,
    dispose() {
      value.destroy();
      slots.dispose();
      tf.dispose(constants);
    },
  };
}
