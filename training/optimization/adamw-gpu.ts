import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';
import type { AdamWOptions } from './adamw.ts';
import { slotTensors } from './slot-tensors.ts';
import type { Moved, Mover } from './update-rule.ts';

const firstMoment: GpuProgram = {
  name: 'adamw-m',
  inputs: ['m', 'gradient'],
  constants: [{ name: 'share', type: 'f32' }],
  threads: 'each',
  body: 'result[index] = m[index] + (gradient[index] - m[index]) * uniforms.share;',
};

const secondMoment: GpuProgram = {
  name: 'adamw-v',
  inputs: ['v', 'gradient'],
  constants: [
    { name: 'beta', type: 'f32' },
    { name: 'share', type: 'f32' },
  ],
  threads: 'each',
  body: 'result[index] = v[index] * uniforms.beta + gradient[index] * gradient[index] * uniforms.share;',
};

const values: GpuProgram = {
  name: 'adamw-p',
  inputs: ['p', 'm', 'v'],
  constants: ['keep', 'rate', 'correction', 'epsilon'].map((name) => ({ name, type: 'f32' })),
  threads: 'each',
  body: `
    let scale = sqrt(v[index]) / uniforms.correction + uniforms.epsilon;
    result[index] = p[index] * uniforms.keep - m[index] / scale * uniforms.rate;`,
};

/** The same step on WebGPU: three programs, and no memory beside the new m, v and values. */
export function gpuAdamW(
  tf: Tf,
  gpu: GpuPrograms,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
  { shape, decays }: Moved,
  remembered: Readonly<Record<string, Tensor>>,
): Mover {
  const slots = slotTensors(tf, remembered);
  return {
    move(before, gradient, rate, step) {
      const m = slots.replace('m', (old) =>
        gpu.run(firstMoment, [old, gradient], { shape, constants: [1 - beta1] }),
      );
      const v = slots.replace('v', (old) =>
        gpu.run(secondMoment, [old, gradient], { shape, constants: [beta2, 1 - beta2] }),
      );
      const keep = decays ? 1 - rate * weightDecay : 1;
      const correction = Math.sqrt(1 - beta2 ** step);
      return gpu.run(values, [before, m, v], {
        shape,
        constants: [keep, rate / (1 - beta1 ** step), correction, epsilon],
      });
    },
    read: slots.read,
    dispose: slots.dispose,
  };
}
