import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import type { Rope } from './rope-config.ts';
import { gpuTurn } from './rotary-gpu.ts';

/** How far each position turns each pair of units, ready for `turn`: [batch or 1, 1, length, headDim]. */
export type Rotary = {
  cos: Tensor;
  /** Of the first half negated, because x₁ becomes x₁·cos − x₂·sin. */
  sin: Tensor;
};

/**
 * Turns per step of each pair, [headDim / 2].
 *
 * Sources: Su et al., "RoFormer" (2021); `linear` and `llama3` as transformers' `modeling_rope_utils` computes them.
 */
export function inverseFrequencies(rope: Rope, headDim: number): number[] {
  const plain = Array.from({ length: headDim / 2 }, (_, i) => rope.theta ** ((-2 * i) / headDim));
  switch (rope.kind) {
    case 'default':
      return plain;
    case 'linear':
      return plain.map((frequency) => frequency / rope.factor);
    case 'llama3': {
      const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions } = rope;
      return plain.map((frequency) => {
        // How often the pair turned within the length that the base was trained on.
        const turns = (originalPositions * frequency) / (2 * Math.PI);
        if (turns > high) return frequency;
        if (turns < low) return frequency / factor;
        const smooth = (turns - low) / (high - low);
        return (1 - smooth) * (frequency / factor) + smooth * frequency;
      });
    }
    default:
      return rope satisfies never;
  }
}

/**
 * @param positions of each token, [batch · length]; where all rows have the same, [length] does, with batch 1
 * @returns tensors of the caller's scope
 */
export function rotaryOf(
  tf: Tf,
  rope: Rope,
  headDim: number,
  { positions, batch, length }: { positions: ArrayLike<number>; batch: number; length: number },
): Rotary {
  const frequencies = inverseFrequencies(rope, headDim).map(Math.fround);
  const half = headDim / 2;
  const cos = new Float32Array(batch * length * headDim);
  const sin = new Float32Array(batch * length * headDim);
  for (let row = 0; row < batch * length; row += 1)
    for (let unit = 0; unit < headDim; unit += 1) {
      const angle = Math.fround(positions[row]! * frequencies[unit % half]!);
      cos[row * headDim + unit] = Math.cos(angle);
      sin[row * headDim + unit] = unit < half ? -Math.sin(angle) : Math.sin(angle);
    }
  const shape = [batch, 1, length, headDim];
  return { cos: tf.tensor(cos, shape), sin: tf.tensor(sin, shape) };
}

/** Each pair turned by its position; x is [batch, heads, length, headDim], and unit i pairs with i + headDim / 2. */
export function turn(tf: Tf, x: Tensor, { cos, sin }: Rotary): Tensor {
  const gpu = gpuPrograms(tf);
  if (gpu) return gpuTurn(gpu, x, cos, sin, 1);
  return tf.add(tf.mul(x, cos), tf.mul(swapHalves(tf, x), sin));
}

/** Back again: the inverse of `turn`, which is its transpose too, and so its gradient. */
export function turnBack(tf: Tf, x: Tensor, { cos, sin }: Rotary): Tensor {
  const gpu = gpuPrograms(tf);
  if (gpu) return gpuTurn(gpu, x, cos, sin, -1);
  return tf.sub(tf.mul(x, cos), tf.mul(swapHalves(tf, x), sin));
}

function swapHalves(tf: Tf, x: Tensor): Tensor {
  const [first, second] = tf.split(x, 2, -1);
  return tf.concat([second!, first!], -1);
}
