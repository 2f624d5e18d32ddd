import type { Tensor } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';

/**
 * Uniform numbers from 0 to below 1 out of a place, a seed and a question, by the hash pcg3d.
 *
 * Source: M. Jarzynski and M. Olano, "Hash functions for GPU rendering" (2020).
 */
const uniform: GpuProgram = {
  name: 'uniform',
  inputs: [],
  constants: [
    { name: 'seed', type: 'u32' },
    { name: 'question', type: 'u32' },
  ],
  threads: 'each',
  before: `
    fn pcg3d(from_ : vec3<u32>) -> vec3<u32> {
      var v = from_ * 1664525u + 1013904223u;
      v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
      v ^= v >> vec3<u32>(16u);
      v.x += v.y * v.z; v.y += v.z * v.x; v.z += v.x * v.y;
      return v;
    }`,
  // The 24 bits that a float32 holds.
  body: `
    let drawn = pcg3d(vec3<u32>(u32(index), uniforms.seed, uniforms.question));
    result[index] = f32(drawn.x >> 8u) / 16777216.0;`,
};

export const gpuUniform =
  (gpu: GpuPrograms) =>
  (shape: readonly number[], seed: readonly [number, number]): Tensor =>
    gpu.run(uniform, [], { shape, constants: seed });
