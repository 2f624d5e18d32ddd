import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';

/** log Σ exp of each row. */
const logSums: GpuProgram = {
  name: 'log-sums',
  inputs: ['logits'],
  threads: 'row',
  body: `
    let width = uniforms.logitsShape[1];
    let at = row * width;
    var most = logits[at];
    for (var i = lane; i < width; i += LANES) { most = max(most, logits[at + i]); }
    let largest = rowMax(lane, most);
    var sum = 0.0;
    for (var i = lane; i < width; i += LANES) { sum += exp(logits[at + i] - largest); }
    result[row] = largest + log(rowSum(lane, sum));`,
};

/** tfjs casts what was true or false by a new name for the same integers: hence f32(weights). */
const losses: GpuProgram = {
  name: 'sparse-losses',
  inputs: ['logits', 'logSums', 'classes', 'weights'],
  threads: 'each',
  body: `
    let truth = logits[index * uniforms.logitsShape[1] + classes[index]];
    result[index] = f32(weights[index]) * (logSums[index] - truth);`,
};

const gradients: GpuProgram = {
  name: 'sparse-gradients',
  inputs: ['logits', 'logSums', 'classes', 'weights', 'dy'],
  threads: 'each',
  body: `
    let width = uniforms.logitsShape[1];
    let row = index / width;
    let truth = select(0.0, 1.0, index % width == classes[row]);
    result[index] = dy[row] * f32(weights[row]) * (exp(logits[index] - logSums[row]) - truth);`,
};

/**
 * Cross-entropy of each item against the index of its class on WebGPU. Beside the logits there is never more than their
 * gradient: no truth of [n, classes], no softmax.
 */
export const gpuSparseLosses = (
  tf: Tf,
  gpu: GpuPrograms,
  logits: Tensor2D,
  classes: Tensor1D,
  weights: Tensor1D,
): Tensor1D =>
  withGradient<Tensor1D>(
    tf,
    [logits],
    (save) => {
      const sums = gpu.run(logSums, [logits], { shape: [logits.shape[0]] });
      save([logits, sums, classes, weights]);
      return gpu.run(losses, [logits, sums, classes, weights], { shape: [logits.shape[0]] }) as Tensor1D;
    },
    (dy, saved) => [gpu.run(gradients, [...saved, dy] as Tensor[], { shape: saved[0]!.shape })],
  );
