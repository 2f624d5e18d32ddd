import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { isTrained } from './linear.ts';
import { gpuNorm } from './normalisation-gpu.ts';
import { sumRows } from './sum-rows.ts';

/**
 * Layer normalisation of each row: (x − mean) / √(variance + ε) · gain + shift.
 *
 * Source: Ba, Kiros, Hinton, "Layer Normalization" (2016).
 */
export function layerNorm(tf: Tf, x: Tensor2D, gain: Tensor1D, shift: Tensor1D, epsilon: number): Tensor2D {
  const gpu = gpuPrograms(tf);
  if (gpu) return onGpu(tf, gpuNorm(gpu, 'layer', epsilon), x, gain, shift);
  const trains = isTrained(gain);
  const inputs: Tensor[] = trains ? [x, gain, shift] : [x];
  return withGradient<Tensor2D>(
    tf,
    inputs,
    (save) => {
      const centred = tf.sub<Tensor2D>(x, tf.mean(x, 1, true));
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon));
      const normal = tf.mul<Tensor2D>(centred, scale);
      save([normal, scale]);
      return tf.add<Tensor2D>(tf.mul(normal, gain), shift);
    },
    (dy, [normal, scale]) => {
      const delta = tf.mul<Tensor2D>(dy, gain);
      const along = tf.mul(normal!, tf.mean(tf.mul(delta, normal!), 1, true));
      const byInput = tf.mul(tf.sub(tf.sub(delta, tf.mean(delta, 1, true)), along), scale!);
      return trains ? [byInput, sumRows(tf, tf.mul(dy, normal!)), sumRows(tf, dy)] : [byInput];
    },
  );
}

/**
 * Root-mean-square normalisation of each row: x / √(mean(x²) + ε) · gain.
 *
 * Source: Zhang, Sennrich, "Root Mean Square Layer Normalization" (2019).
 */
export function rmsNorm(tf: Tf, x: Tensor2D, gain: Tensor1D, epsilon: number): Tensor2D {
  const gpu = gpuPrograms(tf);
  if (gpu) return onGpu(tf, gpuNorm(gpu, 'rms', epsilon), x, gain, null);
  const trains = isTrained(gain);
  const inputs: Tensor[] = trains ? [x, gain] : [x];
  return withGradient<Tensor2D>(
    tf,
    inputs,
    (save) => {
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), epsilon));
      const normal = tf.mul<Tensor2D>(x, scale);
      save([normal, scale]);
      return tf.mul<Tensor2D>(normal, gain);
    },
    (dy, [normal, scale]) => {
      const delta = tf.mul<Tensor2D>(dy, gain);
      const along = tf.mul(normal!, tf.mean(tf.mul(delta, normal!), 1, true));
      const byInput = tf.mul(tf.sub(delta, along), scale!);
      return trains ? [byInput, sumRows(tf, tf.mul(dy, normal!))] : [byInput];
    },
  );
}

/** Keeps the input and no more; what is normal of it is computed again. */
function onGpu(
  tf: Tf,
  norm: ReturnType<typeof gpuNorm>,
  x: Tensor2D,
  gain: Tensor1D,
  shift: Tensor1D | null,
): Tensor2D {
  const trains = isTrained(gain);
  const inputs: Tensor[] = trains ? [x, gain, ...(shift ? [shift] : [])] : [x];
  return withGradient<Tensor2D>(
    tf,
    inputs,
    (save) => {
      save([x]);
      return norm.forward(x, gain, shift);
    },
    (dy, [kept]) => {
      const byInput = norm.backward(kept!, gain, dy);
      if (!trains) return [byInput];
      const byGain = sumRows(tf, norm.byGain(kept!, dy));
      return shift ? [byInput, byGain, sumRows(tf, dy)] : [byInput, byGain];
    },
  );
}
