import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { nativeOps } from '../native-ops.ts';
import type { ActivationName } from './activation-name.ts';
import { gpuSwiglu } from './activations-gpu.ts';

export type Activation = (tf: Tf, x: Tensor2D) => Tensor2D;

/** The tanh approximation is x·σ(2u) with u = √(2/π)·(x + 0.044715·x³); these are the factors of x and of x³ in 2u. */
const TANH_LINEAR = 2 * Math.sqrt(2 / Math.PI);
const TANH_CUBIC = 0.044_715 * TANH_LINEAR;

/** max(0, x). tfjs' own gradient multiplies by a step function, which takes twenty times as long as TensorFlow's. */
export function relu<T extends Tensor>(tf: Tf, x: T): T {
  const native = nativeOps(tf);
  if (native === null) return tf.relu(x);
  const float = [native.type('T', 'float32')];
  return withGradient<T>(
    tf,
    [x],
    (save) => {
      const y = tf.relu(x);
      save([y]);
      return y;
    },
    (dy, [y]) => [native.one('ReluGrad', float, [dy, y!])],
  );
}

export const activations: Readonly<Record<ActivationName, Activation>> = {
  /** x·Φ(x), with the normal distribution's exact Φ. Hendrycks, Gimpel, "Gaussian Error Linear Units" (2016). */
  gelu: (tf, x) =>
    withGradient<Tensor2D>(
      tf,
      [x],
      (save) => {
        const phi = tf.mul<Tensor2D>(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
        save([x, phi]);
        return tf.mul(x, phi);
      },
      (dy, [x, phi]) => {
        const density = tf.mul(tf.exp(tf.mul(tf.square(x!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return [tf.mul(dy, tf.add(phi!, tf.mul(x!, density)))];
      },
    ),

  'gelu-tanh': (tf, x) =>
    withGradient<Tensor2D>(
      tf,
      [x],
      (save) => {
        const inner: Tensor2D = tf.mul(x, tf.add(tf.mul(tf.square(x), TANH_CUBIC), TANH_LINEAR));
        const share = tf.sigmoid<Tensor2D>(inner);
        save([x, share]);
        return tf.mul(x, share);
      },
      (dy, [x, share]) => {
        const slope = tf.add(tf.mul(tf.square(x!), 3 * TANH_CUBIC), TANH_LINEAR);
        return [tf.mul(dy, tf.add(share!, tf.mul(bySigmoid(tf, share!), tf.mul(x!, slope))))];
      },
    ),

  relu,

  /** x·σ(x) */
  silu: (tf, x) =>
    withGradient<Tensor2D>(
      tf,
      [x],
      (save) => {
        const share = tf.sigmoid<Tensor2D>(x);
        save([x, share]);
        return tf.mul(x, share);
      },
      (dy, [x, share]) => [tf.mul(dy, tf.add(share!, tf.mul(x!, bySigmoid(tf, share!))))],
    ),
};

/**
 * The gated part of a Llama: silu(gate)·up.
 *
 * Source: Shazeer, "GLU Variants Improve Transformer" (2020).
 */
export function swiglu(tf: Tf, gate: Tensor2D, up: Tensor2D): Tensor2D {
  const gpu = gpuPrograms(tf);
  if (gpu) return swigluOnGpu(tf, gpuSwiglu(gpu), gate, up);
  return withGradient<Tensor2D>(
    tf,
    [gate, up],
    (save) => {
      const share = tf.sigmoid<Tensor2D>(gate);
      save([gate, up, share]);
      return tf.mul(tf.mul<Tensor2D>(gate, share), up);
    },
    (dy, [gate, up, share]) => {
      const slope = tf.add(share!, tf.mul(gate!, bySigmoid(tf, share!)));
      return [tf.mul(tf.mul(dy, up!), slope), tf.mul(dy, tf.mul(gate!, share!))];
    },
  );
}

const swigluOnGpu = (tf: Tf, gated: ReturnType<typeof gpuSwiglu>, gate: Tensor2D, up: Tensor2D): Tensor2D =>
  withGradient<Tensor2D>(
    tf,
    [gate, up],
    (save) => {
      save([gate, up]);
      return gated.forward(gate, up) as Tensor2D;
    },
    (dy, [gate, up]) => gated.backward(gate!, up!, dy),
  );

/** σ′ out of σ: σ − σ². */
const bySigmoid = (tf: Tf, share: Tensor): Tensor => tf.sub(share, tf.square(share));
