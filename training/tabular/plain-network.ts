import { layersOf } from './network.ts';
import type { Layer, NetworkShape } from './network.ts';

/** out ← x · kernel + bias, then ReLU where the layer has one. Zeros of x (one-hot, ReLU) cost nothing. */
export function dense(
  layer: Layer,
  weights: Float32Array | Float64Array,
  x: Float32Array | Float64Array,
  out: Float64Array,
  rows: number,
): void {
  const { inputs, outputs, kernelAt, biasAt, relu } = layer;
  for (let row = 0; row < rows; row += 1) {
    const to = row * outputs;
    for (let k = 0; k < outputs; k += 1) out[to + k] = weights[biasAt + k]!;
    for (let j = 0; j < inputs; j += 1) {
      const value = x[row * inputs + j]!;
      if (value === 0) continue;
      const from = kernelAt + j * outputs;
      for (let k = 0; k < outputs; k += 1) out[to + k]! += value * weights[from + k]!;
    }
    if (relu) for (let k = 0; k < outputs; k += 1) if (out[to + k]! < 0) out[to + k] = 0;
  }
}

/** Logits [rows, outputs] by plain arithmetic: for small networks quicker than any dispatch of operations. */
export function plainLogits(
  shape: NetworkShape,
  weights: Float32Array,
  x: Float32Array,
  rows: number,
): Float32Array<ArrayBuffer> {
  let values: Float32Array | Float64Array = x;
  for (const layer of layersOf(shape)) {
    const out = new Float64Array(rows * layer.outputs);
    dense(layer, weights, values, out, rows);
    values = out;
  }
  return Float32Array.from(values);
}
