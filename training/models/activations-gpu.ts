import type { Tensor } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';

const each = (name: string, inputs: readonly string[], body: string): GpuProgram => ({
  name,
  inputs,
  threads: 'each',
  body,
});

const SHARE = 'let share = 1.0 / (1.0 + exp(-gate[index]));';

const programs = {
  swiglu: each('swiglu', ['gate', 'up'], `${SHARE} result[index] = gate[index] * share * up[index];`),
  byGate: each(
    'swiglu-by-gate',
    ['gate', 'up', 'dy'],
    `${SHARE} result[index] = dy[index] * up[index] * (share + gate[index] * share * (1.0 - share));`,
  ),
  byUp: each('swiglu-by-up', ['gate', 'dy'], `${SHARE} result[index] = dy[index] * gate[index] * share;`),
};

/** The gated part of a Llama on WebGPU: one program, and two for its gradients. */
export const gpuSwiglu = (gpu: GpuPrograms) => {
  const run = (program: GpuProgram, inputs: Tensor[]) =>
    gpu.run(program, inputs, { shape: inputs[0]!.shape });
  return {
    forward: (gate: Tensor, up: Tensor) => run(programs.swiglu, [gate, up]),
    backward: (gate: Tensor, up: Tensor, dy: Tensor) => [
      run(programs.byGate, [gate, up, dy]),
      run(programs.byUp, [gate, dy]),
    ],
  };
};
