import type { Random } from '../random.ts';

/** A multi-layer perceptron: ReLU in the hidden layers, one logit a label at the end. */
export type NetworkShape = { inputs: number; hidden: readonly number[]; outputs: number };

/** One dense layer. Its kernel [inputs, outputs] (row-major) and its bias [outputs] lie in the flat weight vector. */
export type Layer = { inputs: number; outputs: number; kernelAt: number; biasAt: number; relu: boolean };

/** The layers in order; their weights follow one another: kernel, bias, kernel, bias … */
export function layersOf({ inputs, hidden, outputs }: NetworkShape): Layer[] {
  const widths = [inputs, ...hidden, outputs];
  let at = 0;
  return widths.slice(1).map((width, i) => {
    const before = widths[i]!;
    const layer = {
      inputs: before,
      outputs: width,
      kernelAt: at,
      biasAt: at + before * width,
      relu: i < hidden.length,
    };
    at = layer.biasAt + width;
    return layer;
  });
}

export function weightCount(shape: NetworkShape): number {
  const last = layersOf(shape).at(-1)!;
  return last.biasAt + last.outputs;
}

/**
 * Glorot-uniform kernels, biases of 0.
 *
 * @param silent inputs that are 0 in every training row. Their weights never learn, so they begin, and stay, at 0:
 * a word first seen in production must add nothing rather than noise.
 *
 * Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
 */
export function initialWeights(
  shape: NetworkShape,
  random: Random,
  silent: ReadonlySet<number> = new Set(),
): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(weightCount(shape));
  for (const layer of layersOf(shape)) {
    const limit = Math.sqrt(6 / (layer.inputs + layer.outputs));
    for (let i = layer.kernelAt; i < layer.biasAt; i += 1) weights[i] = (2 * random.uniform() - 1) * limit;
  }
  const first = layersOf(shape)[0]!;
  for (const input of silent) weights.fill(0, input * first.outputs, (input + 1) * first.outputs);
  return weights;
}

/** The inputs that are 0 in every row. */
export function silentInputs(matrix: Float32Array, width: number): Set<number> {
  const silent = new Set(Array.from({ length: width }, (_, i) => i));
  for (let i = 0; i < matrix.length; i += 1) if (matrix[i] !== 0) silent.delete(i % width);
  return silent;
}
