import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { gpuPrograms } from '../gpu-programs.ts';
import { nativeOps } from '../native-ops.ts';
import type { NativeOps } from '../native-ops.ts';
import type { Chance } from './dropout.ts';
import { gpuUniform } from './uniform-gpu.ts';

/**
 * The dropout of one training step: the same seed and step give the same masks on the same backend, so a resumed run
 * goes on as it would have. The native library and our program for WebGPU draw without a state of their own; elsewhere
 * tfjs draws, one value after the other.
 */
export function seededChance(tf: Tf, seed: number, step: number): Chance {
  let asked = 0;
  const native = nativeOps(tf);
  const gpu = gpuPrograms(tf);
  const uniform = native ? nativeUniform(tf, native) : gpu ? gpuUniform(gpu) : plainUniform(tf);
  const mask = (shape: readonly number[], rate: number) => {
    asked += 1;
    const kept = 1 - rate;
    return tf.tidy(() => {
      const chances = uniform(shape, [seed, step * QUESTIONS_A_STEP + asked]);
      return tf.mul(tf.floor(tf.add(chances, kept)), 1 / kept);
    });
  };
  return Object.assign(mask, {
    asked: () => asked,
    again<T>(from: number, ask: () => T): T {
      const now = asked;
      asked = from;
      try {
        return ask();
      } finally {
        asked = now;
      }
    },
  });
}

/** More dropouts than any network has. */
const QUESTIONS_A_STEP = 4096;

type Uniform = (shape: readonly number[], seed: readonly [number, number]) => Tensor;

const nativeUniform =
  (tf: Tf, native: NativeOps): Uniform =>
  (shape, seed) =>
    native.one(
      'StatelessRandomUniform',
      [native.type('dtype', 'float32'), native.type('T', 'int32'), native.type('Tseed', 'int32')],
      [tf.tensor1d([...shape], 'int32'), tf.tensor1d([...seed], 'int32')],
    );

const plainUniform =
  (tf: Tf): Uniform =>
  (shape, [seed, question]) =>
    tf.randomUniform([...shape], 0, 1, 'float32', `${seed}/${question}`);
