import { ADAM } from './learner.ts';
import type { Learner, LearnerState } from './learner.ts';
import { layersOf } from './network.ts';
import type { Layer, NetworkShape } from './network.ts';
import type { Objective, Targets } from './objective.ts';
import { dense, plainLogits } from './plain-network.ts';

/**
 * Learns in typed arrays, in float64: nothing to load and nothing to dispatch. For a few thousand weights several
 * times quicker than TensorFlow's operations, for large networks far slower (docs/decisions/tabular-training.md).
 */
export function plainLearner(
  shape: NetworkShape,
  initial: Float32Array,
  resumed: LearnerState | null = null,
  objective: Objective = 'cross-entropy',
): Learner {
  const layers = layersOf(shape);
  const weights = Float64Array.from(resumed?.weights ?? initial);
  const gradient = new Float64Array(weights.length);
  const m = resumed ? Float64Array.from(resumed.m) : new Float64Array(weights.length);
  const v = resumed ? Float64Array.from(resumed.v) : new Float64Array(weights.length);
  let [decay1, decay2] = resumed?.powers ?? [1, 1];

  return {
    step(x, targets, rate, rowWeights) {
      const rows = targets.length;
      const values: (Float32Array | Float64Array)[] = [x];
      for (const [l, layer] of layers.entries()) {
        const out = new Float64Array(rows * layer.outputs);
        dense(layer, weights, values[l]!, out, rows);
        values.push(out);
      }
      let delta = values.at(-1) as Float64Array;
      if (objective === 'cross-entropy') softmaxMinusTruth(delta, targets, rowWeights, shape.outputs);
      else twiceTheDistance(delta, targets, rowWeights);
      gradient.fill(0);
      for (let l = layers.length - 1; l >= 0; l -= 1) {
        const below = backward(layers[l]!, weights, values[l]!, delta, gradient, rows, l > 0);
        if (below) delta = below;
      }
      decay1 *= ADAM.beta1;
      decay2 *= ADAM.beta2;
      const scaled = (rate * Math.sqrt(1 - decay2)) / (1 - decay1);
      for (let i = 0; i < weights.length; i += 1) {
        const g = gradient[i]!;
        m[i] = ADAM.beta1 * m[i]! + (1 - ADAM.beta1) * g;
        v[i] = ADAM.beta2 * v[i]! + (1 - ADAM.beta2) * g * g;
        weights[i]! -= (scaled * m[i]!) / (Math.sqrt(v[i]!) + ADAM.epsilon);
      }
    },
    logits: (x, rows) => plainLogits(shape, Float32Array.from(weights), x, rows),
    weights: () => Float32Array.from(weights),
    state: () => ({ weights: weights.slice(), m: m.slice(), v: v.slice(), powers: [decay1, decay2] }),
    dispose() {},
  };
}

/** In place: logits → the gradient of the mean cross-entropy by the logits, (softmax − one-hot) · weight / rows. */
function softmaxMinusTruth(
  logits: Float64Array,
  labels: Targets,
  rowWeights: Float32Array | null,
  outputs: number,
): void {
  const rows = labels.length;
  for (let row = 0; row < rows; row += 1) {
    const at = row * outputs;
    let largest = -Infinity;
    for (let c = 0; c < outputs; c += 1) largest = Math.max(largest, logits[at + c]!);
    let total = 0;
    for (let c = 0; c < outputs; c += 1) total += logits[at + c] = Math.exp(logits[at + c]! - largest);
    const weight = (rowWeights ? rowWeights[row]! : 1) / rows;
    for (let c = 0; c < outputs; c += 1)
      logits[at + c] = (logits[at + c]! / total - (c === labels[row] ? 1 : 0)) * weight;
  }
}

/** In place: answers → the gradient of the mean squared error by the answers, 2 (answer − target) · weight / rows. */
function twiceTheDistance(answers: Float64Array, targets: Targets, rowWeights: Float32Array | null): void {
  const rows = targets.length;
  for (let row = 0; row < rows; row += 1)
    answers[row] = (2 * (answers[row]! - targets[row]!) * (rowWeights ? rowWeights[row]! : 1)) / rows;
}

/** Adds a layer's gradient; returns the gradient by its inputs (through their ReLU), where somebody is below. */
function backward(
  layer: Layer,
  weights: Float64Array,
  x: Float32Array | Float64Array,
  delta: Float64Array,
  gradient: Float64Array,
  rows: number,
  hasBelow: boolean,
): Float64Array | null {
  const { inputs, outputs, kernelAt, biasAt } = layer;
  const below = hasBelow ? new Float64Array(rows * inputs) : null;
  for (let row = 0; row < rows; row += 1) {
    const at = row * outputs;
    for (let k = 0; k < outputs; k += 1) gradient[biasAt + k]! += delta[at + k]!;
    for (let j = 0; j < inputs; j += 1) {
      const value = x[row * inputs + j]!;
      if (value === 0) continue;
      const from = kernelAt + j * outputs;
      let sum = 0;
      for (let k = 0; k < outputs; k += 1) {
        const d = delta[at + k]!;
        gradient[from + k]! += value * d;
        sum += d * weights[from + k]!;
      }
      if (below) below[row * inputs + j] = sum;
    }
  }
  return below;
}
