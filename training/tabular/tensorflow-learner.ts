import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { ResourceVariable } from '../resource-variable.ts';
import { ADAM } from './learner.ts';
import type { Learner, LearnerState } from './learner.ts';
import { layersOf } from './network.ts';
import type { NetworkShape } from './network.ts';
import type { Objective, Targets } from './objective.ts';
import { tensorflowOps } from './tensorflow-ops.ts';

/** A stretch of the flat weights as a resource variable, with Adam's two moments. */
type Parameter = { at: number; value: ResourceVariable; m: ResourceVariable; v: ResourceVariable };

/**
 * Learns with TensorFlow's own kernels, forward and backward written out: 17 operations a step for one hidden layer,
 * where the layers API dispatches over a hundred. One operation costs 20–30 µs however small it is, so their number is
 * the time of a step (docs/decisions/tabular-training.md). Weights and moments are resource variables, which
 * `ResourceApplyAdam` changes in place.
 *
 * The first layer's bias is one more row of its kernel, over an input that is always 1: four operations less.
 *
 * Needs the native backend (`tensorflow`); the plain one has no resource variables.
 */
export function tensorflowLearner(
  tf: Tf,
  shape: NetworkShape,
  initial: Float32Array,
  resumed: LearnerState | null = null,
  objective: Objective = 'cross-entropy',
): Learner {
  const ops = tensorflowOps(tf);
  const layers = layersOf(shape);
  const parameters: Parameter[] = [];
  const parameter = (at: number, dimensions: number[]): Parameter => {
    const length = dimensions.reduce((a, b) => a * b);
    const variable = (flat: Float32Array | Float64Array | undefined) => {
      const values = flat ? Float32Array.from(flat.subarray(at, at + length)) : new Float32Array(length);
      return ops.variable(values, dimensions);
    };
    const made = {
      at,
      value: variable(resumed?.weights ?? initial),
      m: variable(resumed?.m),
      v: variable(resumed?.v),
    };
    parameters.push(made);
    return made;
  };
  const dense = layers.map(({ inputs, outputs, kernelAt, biasAt, relu }, l) => ({
    relu,
    kernel: parameter(kernelAt, [l === 0 ? inputs + 1 : inputs, outputs]),
    bias: l === 0 ? null : parameter(biasAt, [outputs]),
  }));
  const constant = (x: number) => tf.keep(tf.scalar(x));
  const [beta1, beta2, epsilon, zero] = [ADAM.beta1, ADAM.beta2, ADAM.epsilon, 0].map(constant);
  const shares = new Map<number, Tensor>();
  let [power1, power2] = resumed?.powers ?? [1, 1];

  const forward = (x: Float32Array, rows: number) => {
    const values: Tensor[] = [tf.tensor2d(withOnes(x, rows, shape.inputs), [rows, shape.inputs + 1])];
    const kernels = dense.map(({ kernel }) => kernel.value.read());
    for (const [l, { bias, relu }] of dense.entries()) {
      const product = ops.matMul(values[l]!, kernels[l]!);
      const sum = bias ? ops.biasAdd(product, bias.value.read()) : product;
      values.push(relu ? ops.relu(sum) : sum);
    }
    return { values, kernels };
  };
  /** What the gradient of each row's own loss is multiplied by, so that their sum is the mean's. */
  const rowShares = (rows: number, rowWeights: Float32Array | null): Tensor => {
    if (rowWeights)
      return tf.tensor2d(
        rowWeights.map((w) => w / rows),
        [rows, 1],
      );
    const known = shares.get(rows) ?? constant(1 / rows);
    shares.set(rows, known);
    return known;
  };

  /** The gradient of each row's own loss by its outputs. */
  const rowGradients = (outputs: Tensor, targets: Targets): Tensor =>
    objective === 'cross-entropy'
      ? ops.crossEntropyGradient(outputs, tf.tensor1d(targets, 'int32'))
      : ops.twiceTheDistance(outputs, tf.tensor2d(targets, [targets.length, 1], 'float32'));

  const flat = (which: 'value' | 'm' | 'v'): Float32Array<ArrayBuffer> => {
    const values = new Float32Array(initial.length);
    tf.tidy(() => {
      for (const stretch of parameters) values.set(stretch[which].read().dataSync<'float32'>(), stretch.at);
    });
    return values;
  };

  return {
    step(x, targets, rate, rowWeights) {
      power1 *= ADAM.beta1;
      power2 *= ADAM.beta2;
      tf.tidy(() => {
        const { values, kernels } = forward(x, targets.length);
        let delta = ops.multiply(
          rowGradients(values.at(-1)!, targets),
          rowShares(targets.length, rowWeights),
        );
        // Bias-corrected here, so that the powers of β need not travel: the operation is told that they are 0.
        const corrected = tf.scalar((rate * Math.sqrt(1 - power2)) / (1 - power1));
        const apply = ({ value, m, v }: Parameter, gradient: Tensor) =>
          ops.applyAdam(value, m, v, [zero!, zero!, corrected, beta1!, beta2!, epsilon!, gradient]);
        for (let l = dense.length - 1; l >= 0; l -= 1) {
          const { kernel, bias } = dense[l]!;
          const gradient = ops.matMul(values[l]!, delta, 'transpose-a');
          if (bias) apply(bias, ops.biasAddGradient(delta));
          if (l > 0) delta = ops.reluGradient(ops.matMul(delta, kernels[l]!, 'transpose-b'), values[l]!);
          apply(kernel, gradient);
        }
      });
    },
    logits: (x, rows) => tf.tidy(() => forward(x, rows).values.at(-1)!.dataSync<'float32'>().slice()),
    weights: () => flat('value'),
    state: () => ({ weights: flat('value'), m: flat('m'), v: flat('v'), powers: [power1, power2] }),
    dispose() {
      for (const { value, m, v } of parameters) for (const variable of [value, m, v]) variable.destroy();
      tf.dispose([beta1!, beta2!, epsilon!, zero!, ...shares.values()]);
    },
  };
}

function withOnes(x: Float32Array, rows: number, width: number): Float32Array {
  const out = new Float32Array(rows * (width + 1)).fill(1);
  for (let row = 0; row < rows; row += 1)
    out.set(x.subarray(row * width, (row + 1) * width), row * (width + 1));
  return out;
}
