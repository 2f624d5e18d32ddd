import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { GpuProgram, GpuPrograms } from '../gpu-programs.ts';

/** Whether rows are moved to a mean of 0 first: a layer norm does so, a norm by root mean square does not. */
type Kind = 'layer' | 'rms';

const constants = [{ name: 'epsilon', type: 'f32' }] as const;

/** `centre` and `scale` of a row of x: what is normal of it is (x − centre) · scale. */
const measured: Readonly<Record<Kind, string>> = {
  layer: `
    let width = uniforms.xShape[1];
    let at = row * width;
    var sum = 0.0;
    for (var i = lane; i < width; i += LANES) { sum += x[at + i]; }
    let centre = rowSum(lane, sum) / f32(width);
    var squares = 0.0;
    for (var i = lane; i < width; i += LANES) { let d = x[at + i] - centre; squares += d * d; }
    let scale = inverseSqrt(rowSum(lane, squares) / f32(width) + uniforms.epsilon);`,
  rms: `
    let width = uniforms.xShape[1];
    let at = row * width;
    let centre = 0.0;
    var squares = 0.0;
    for (var i = lane; i < width; i += LANES) { squares += x[at + i] * x[at + i]; }
    let scale = inverseSqrt(rowSum(lane, squares) / f32(width) + uniforms.epsilon);`,
};

const program = (kind: Kind, name: string, inputs: readonly string[], rest: string): GpuProgram => ({
  name: `${kind}-norm-${name}`,
  inputs,
  constants,
  threads: 'row',
  body: measured[kind] + rest,
});

const each = <T>(make: (kind: Kind) => T): Readonly<Record<Kind, T>> => ({
  layer: make('layer'),
  rms: make('rms'),
});

const forward = {
  layer: program(
    'layer',
    'forward',
    ['x', 'gain', 'shift'],
    'for (var i = lane; i < width; i += LANES) { result[at + i] = (x[at + i] - centre) * scale * gain[i] + shift[i]; }',
  ),
  rms: program(
    'rms',
    'forward',
    ['x', 'gain'],
    'for (var i = lane; i < width; i += LANES) { result[at + i] = x[at + i] * scale * gain[i]; }',
  ),
};

/** The gradient by the input: scale · (δ − mean(δ) − normal · mean(δ · normal)) with δ = dy · gain, as the norm is. */
const backward = each((kind) =>
  program(
    kind,
    'backward',
    ['x', 'gain', 'dy'],
    `
    var deltas = 0.0;
    var along = 0.0;
    for (var i = lane; i < width; i += LANES) {
      let delta = dy[at + i] * gain[i];
      deltas += delta;
      along += delta * (x[at + i] - centre) * scale;
    }
    let meanDelta = ${kind === 'layer' ? 'rowSum(lane, deltas) / f32(width)' : '0.0'};
    let meanAlong = rowSum(lane, along) / f32(width);
    for (var i = lane; i < width; i += LANES) {
      let normal = (x[at + i] - centre) * scale;
      result[at + i] = (dy[at + i] * gain[i] - meanDelta - normal * meanAlong) * scale;
    }`,
  ),
);

/** dy · normal, whose sum over the rows is the gradient by the gain. */
const byGain = each((kind) =>
  program(
    kind,
    'by-gain',
    ['x', 'dy'],
    'for (var i = lane; i < width; i += LANES) { result[at + i] = dy[at + i] * (x[at + i] - centre) * scale; }',
  ),
);

/** The norms of each row of x on WebGPU, one program each where tfjs takes six. */
export const gpuNorm = (gpu: GpuPrograms, kind: Kind, epsilon: number) => {
  const run = (of: GpuProgram, inputs: Tensor[]) =>
    gpu.run(of, inputs, { shape: inputs[0]!.shape, constants: [epsilon] }) as Tensor2D;
  return {
    forward: (x: Tensor2D, gain: Tensor1D, shift: Tensor1D | null) =>
      run(forward[kind], shift ? [x, gain, shift] : [x, gain]),
    backward: (x: Tensor, gain: Tensor1D, dy: Tensor2D) => run(backward[kind], [x, gain, dy]),
    byGain: (x: Tensor, dy: Tensor2D) => run(byGain[kind], [x, dy]),
  };
};
