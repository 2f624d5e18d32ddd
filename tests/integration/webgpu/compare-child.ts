/**
 * A process that computes the same in plain JavaScript and on WebGPU, and prints how far they are apart: a JSON line of
 * distances by what was computed. Its parent has shown it a GPU.
 */
import process from 'node:process';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { loadBackend } from '../../../infra/tensorflow/backend.ts';
import type { Tf } from '../../../training/backend.ts';
import { itemLosses } from '../../../training/losses/item-losses.ts';
import { scaled } from '../../../training/scaled.ts';
import { swiglu } from '../../../training/models/activations.ts';
import { layerNorm, rmsNorm } from '../../../training/models/normalisation.ts';
import { turn, turnBack } from '../../../training/models/rotary.ts';
import { seededChance } from '../../../training/models/seeded-chance.ts';
import { globalNorm } from '../../../training/optimization/global-norm.ts';
import { int8Matrix } from '../../../training/quantisation/int8-matrix.ts';
import { quantiseRows } from '../../../training/quantisation/int8.ts';
import { quantiseNf4 } from '../../../training/quantisation/nf4.ts';
import { nf4Weight } from '../../../training/quantisation/nf4-weight.ts';
import { dequantised } from '../../../training/quantisation/packed-matrix.ts';
import type { PackedMatrix } from '../../../training/quantisation/packed-matrix.ts';

const waves = (count: number, pace: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(pace * i + 1));

/** What is computed on both, out of the same numbers. */
const computed: Record<string, (tf: Tf) => Tensor> = {
  'layer norm': (tf) => layerNorm(tf, matrix(tf), gain(tf), gain(tf), 1e-5),
  'layer norm, by its input': (tf) => byInput(tf, (x) => layerNorm(tf, x, gain(tf), gain(tf), 1e-5)),
  'layer norm, by its gain': (tf) => byGain(tf, (g) => layerNorm(tf, matrix(tf), g, gain(tf), 1e-5)),
  'rms norm': (tf) => rmsNorm(tf, matrix(tf), gain(tf), 1e-5),
  'rms norm, by its input': (tf) => byInput(tf, (x) => rmsNorm(tf, x, gain(tf), 1e-5)),
  'rms norm, by its gain': (tf) => byGain(tf, (g) => rmsNorm(tf, matrix(tf), g, 1e-5)),
  swiglu: (tf) => swiglu(tf, matrix(tf), tf.square(matrix(tf))),
  'swiglu, by its gate': (tf) => byInput(tf, (x) => swiglu(tf, x, tf.square(matrix(tf)))),
  'swiglu, by its other part': (tf) => byInput(tf, (x) => swiglu(tf, tf.square(matrix(tf)), x)),
  'rotary positions': (tf) => turn(tf, heads(tf), tables(tf, 1)),
  'rotary positions of each row, back': (tf) => turnBack(tf, heads(tf), tables(tf, 2)),
  losses: (tf) => itemLosses(tf, matrix(tf), labels(tf)).losses,
  'losses, weighted': (tf) =>
    itemLosses(tf, matrix(tf), labels(tf), { classWeights: [...waves(10, 0.3)] }).losses,
  'losses, by the logits': (tf) => byInput(tf, (x) => itemLosses(tf, x, labels(tf)).losses),
  scaled: (tf) => scaled(tf, matrix(tf), 0.3),
  'the length of gradients': (tf) => globalNorm(tf, [matrix(tf), heads(tf), gain(tf)]),
  '4 bits, double': (tf) => quantised(tf, true),
  '4 bits': (tf) => quantised(tf, false),
  '4 bits, from a row on': (tf) => inWords(tf, (weight) => weight.open()({ from: 64, to: 69 })),
  '8 bits': (tf) => dequantised(tf, int8Matrix(tf, inBytes)),
  '8 bits, looked up': (tf) => int8Matrix(tf, inBytes).rows(Int32Array.of(69, 0, 41, 41)),
};

const matrix = (tf: Tf): Tensor2D => tf.tensor2d(waves(60, 1.7), [6, 10]);
const gain = (tf: Tf): Tensor1D => tf.variable(tf.tensor1d(waves(10, 0.1)));
const labels = (tf: Tf): Tensor1D => tf.tensor1d([1, 9, -100, 0, 3, 3], 'int32');
const heads = (tf: Tf): Tensor => tf.tensor4d(waves(120, 3.3), [2, 5, 3, 4]);
const tables = (tf: Tf, batch: number) => {
  const of = (pace: number) => tf.tensor4d(waves(batch * 12, pace), [batch, 1, 3, 4]);
  return { cos: of(0.4), sin: of(0.9) };
};
const byInput = (tf: Tf, of: (x: Tensor2D) => Tensor): Tensor =>
  tf.grad((x) => tf.sum(tf.mul(of(x as Tensor2D), 2)))(matrix(tf));
function byGain(tf: Tf, of: (gain: Tensor1D) => Tensor2D): Tensor {
  const variable = tf.variable(tf.tensor1d(waves(10, 0.2)));
  return tf.variableGrads(() => tf.sum(tf.mul(of(variable), matrix(tf))), [variable]).grads[variable.name]!;
}
const inBytes = await quantiseRows([waves(70 * 21, 2.1)], [70, 21]);
function inWords(tf: Tf, use: (weight: PackedMatrix) => Tensor, double = true): Tensor {
  return use(nf4Weight(tf, quantiseNf4(waves(70 * 21, 2.1), [70, 21], { double })));
}
const quantised = (tf: Tf, double: boolean) => inWords(tf, (weight) => dequantised(tf, weight), double);
const { tf } = await loadBackend('text');
const distances: Record<string, number> = {};
for (const [name, compute] of Object.entries(computed)) {
  const values: Float32Array[] = [];
  for (const engine of ['cpu', 'webgpu']) {
    await tf.setBackend(engine);
    values.push(Float32Array.from(await tf.tidy(() => compute(tf)).data()));
  }
  const [truth, found] = values as [Float32Array, Float32Array];
  distances[name] = truth.reduce((far, x, i) => Math.max(far, Math.abs(x - found[i]!)), 0);
}

/** Dropout: the same for the same step, another for the next, and a tenth of it zero. */
const masks = await Promise.all(
  [7, 7, 8].map(async (step) => Array.from(await seededChance(tf, 1, step)([40, 50], 0.1).data())),
);
const [first, again, next] = masks.map((mask) => mask.join());
const zeros = masks[0]!.filter((x) => x === 0).length / masks[0]!.length;
process.stdout.write(
  `${JSON.stringify({ distances, dropout: { isSame: first === again, isOther: first !== next, zeros } })}\n`,
);
process.exit(0);
