import type { Tensor } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';
import { ROW_THREADS } from '../gpu-programs.ts';

/** As many sums as keep a GPU busy; one sum over all would keep one of its hundred parts busy. */
const SUMS = 512;

const partialSums: GpuProgram = {
  name: 'sum-squares',
  inputs: ['x'],
  constants: [{ name: 'count', type: 'i32' }],
  threads: 'row',
  body: `
    var sum = 0.0;
    for (var i = row * LANES + lane; i < uniforms.count; i += uniforms.bound * LANES) { sum += x[i] * x[i]; }
    result[row] = rowSum(lane, sum);`,
};

/** Sums of squares of a tensor's numbers, which are all of them together. */
export const gpuSumsOfSquares = (gpu: GpuPrograms, x: Tensor): Tensor => {
  const sums = Math.min(SUMS, Math.ceil(x.size / ROW_THREADS));
  return gpu.run(partialSums, [x], { shape: [sums], constants: [x.size] });
};
