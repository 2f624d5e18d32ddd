import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { nativeOps } from '../native-ops.ts';
import { gpuAdamW } from './adamw-gpu.ts';
import { nativeAdamW } from './adamw-native.ts';
import { slotTensors } from './slot-tensors.ts';
import type { Moved, Mover, UpdateRule } from './update-rule.ts';

export type AdamWOptions = Readonly<{ beta1: number; beta2: number; epsilon: number; weightDecay: number }>;

/** What PyTorch takes where nothing is said. */
const defaults: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

/**
 * Adam with decoupled weight decay, step for step as PyTorch's: p ← p·(1 − rate·decay), then
 * p ← p − rate · m̂ / (√v̂ + ε), where m̂ = m / (1 − β1ᵗ) and v̂ = v / (1 − β2ᵗ).
 *
 * Source: I. Loshchilov and F. Hutter, "Decoupled weight decay regularization" (2019).
 */
export function adamw(options: Partial<AdamWOptions> = {}): UpdateRule {
  const all = { ...defaults, ...options };
  return {
    slots: ['m', 'v'],
    begin(tf, of, remembered) {
      const native = nativeOps(tf);
      if (native) return nativeAdamW(tf, native, all, of, remembered);
      const gpu = gpuPrograms(tf);
      return gpu ? gpuAdamW(tf, gpu, all, of, remembered) : plainAdamW(tf, all, of, remembered);
    },
  };
}

function plainAdamW(
  tf: Tf,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
  { decays }: Moved,
  remembered: Readonly<Record<string, Tensor>>,
): Mover {
  const slots = slotTensors(tf, remembered);
  return {
    move(values, gradient, rate, step) {
      const m = slots.replace('m', (before) => tf.add(before, tf.mul(tf.sub(gradient, before), 1 - beta1)));
      const v = slots.replace('v', (before) =>
        tf.add(tf.mul(before, beta2), tf.mul(tf.square(gradient), 1 - beta2)),
      );
      const scale = tf.add(tf.div(tf.sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
      const move = tf.mul(tf.div(m, scale), rate / (1 - beta1 ** step));
      return tf.sub(decays ? tf.mul(values, 1 - rate * weightDecay) : values, move);
    },
    read: slots.read,
    dispose: slots.dispose,
  };
}
