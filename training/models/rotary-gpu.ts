import type { Tensor } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';

/** x · cos ± (x with its halves swapped) · sin; the tables have one row for each position, for one batch or for all. */
const turned: GpuProgram = {
  name: 'rotary',
  inputs: ['x', 'cosines', 'sines'],
  constants: [
    { name: 'tables', type: 'i32' },
    { name: 'sign', type: 'f32' },
  ],
  threads: 'each',
  body: `
    let units = uniforms.xShape[3];
    let length = uniforms.xShape[2];
    let unit = index % units;
    let position = (index / units) % length;
    let batch = index / (units * length * uniforms.xShape[1]);
    let at = ((batch % uniforms.tables) * length + position) * units + unit;
    let other = select(index - units / 2, index + units / 2, unit < units / 2);
    result[index] = x[index] * cosines[at] + uniforms.sign * x[other] * sines[at];`,
};

/** @param x [batch, heads, length, headDim]; the tables [batch or 1, 1, length, headDim] */
export const gpuTurn = (gpu: GpuPrograms, x: Tensor, cos: Tensor, sin: Tensor, sign: 1 | -1): Tensor =>
  gpu.run(turned, [x, cos, sin], { shape: x.shape, constants: [cos.shape[0], sign] });
