import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from './backend.ts';
import { gpuPrograms } from './gpu-programs.ts';
import type { GpuProgram } from './gpu-programs.ts';

const times: GpuProgram = {
  name: 'scaled',
  inputs: ['x'],
  constants: [{ name: 'factor', type: 'f32' }],
  threads: 'each',
  body: 'result[index] = x[index] * uniforms.factor;',
};

/**
 * x times a number. For tfjs on WebGPU a number is a tensor that it brings to the GPU each time, which takes longer than
 * the product. Without a gradient of its own.
 */
export function scaled<T extends Tensor>(tf: Tf, x: T, factor: number): T {
  const gpu = gpuPrograms(tf);
  return gpu ? (gpu.run(times, [x], { shape: x.shape, constants: [factor] }) as T) : tf.mul(x, factor);
}
