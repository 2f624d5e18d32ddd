/**
 * What a training step and an answer of a tabular network cost, by who computes: the product's two learners beside
 * tfjs' own ways. Time of the processor, not of the clock, so that a busy machine disturbs it little.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { loadBackend } from '../../infra/tensorflow/backend.ts';
import type { Tf } from '../../training/backend.ts';
import { random } from '../../training/random.ts';
import type { NetworkShape } from '../../training/tabular/network.ts';
import { initialWeights, layersOf, weightCount } from '../../training/tabular/network.ts';
import { plainLearner } from '../../training/tabular/plain-learner.ts';
import { plainLogits } from '../../training/tabular/plain-network.ts';
import { tensorflowLearner } from '../../training/tabular/tensorflow-learner.ts';
import { tensorflowNetwork } from '../../training/tabular/tensorflow-network.ts';
import type { BenchResults } from './result.ts';

const BATCH = 64;
const shapes: NetworkShape[] = [
  { inputs: 8, hidden: [32], outputs: 2 },
  { inputs: 50, hidden: [64, 64], outputs: 2 },
  { inputs: 100, hidden: [256, 256], outputs: 2 },
];

export async function run(): Promise<BenchResults> {
  const { tf, name } = await loadBackend();
  const native = name !== 'javascript';
  const results: Record<string, unknown> = {};
  for (const shape of shapes) {
    const key = `${[shape.inputs, ...shape.hidden, shape.outputs].join('-')} (${weightCount(shape)} weights)`;
    const weights = initialWeights(shape, random(1));
    results[key] = {
      stepUs: {
        'typed arrays': stepCost(plainLearner(shape, weights), shape),
        ...(native
          ? { [`${name}, raw operations`]: stepCost(tensorflowLearner(tf, shape, weights), shape) }
          : {}),
        [`${name}, variableGrads and train.adam`]: autodiffCost(tf, shape, weights),
        [`${name}, layers API`]: await layersCost(tf, shape),
      },
      answerUs: Object.fromEntries(
        [1, 8, 64].map((rows) => [
          `${rows} rows`,
          {
            'typed arrays': answerCost(shape, rows, (x) => plainLogits(shape, weights, x, rows)),
            [name]: withNetwork(tf, shape, weights, (logits) =>
              answerCost(shape, rows, (x) => logits(x, rows)),
            ),
          },
        ]),
      ),
    };
    process.stderr.write(`${key}\n`);
  }
  return { results };
}

/** Microseconds of processor time of one call, after a warm-up, over at least 300 ms. */
function costUs(call: () => void): number {
  for (let i = 0; i < 20; i += 1) call();
  const began = process.cpuUsage();
  const until = performance.now() + 300;
  let calls = 0;
  do {
    call();
    calls += 1;
  } while (performance.now() < until || calls < 20);
  const { user, system } = process.cpuUsage(began);
  return Math.round((user + system) / calls);
}

const inputs = (rows: number, width: number) => {
  const chance = random(2);
  return Float32Array.from({ length: rows * width }, () => 2 * chance.uniform() - 1);
};
const labels = Int32Array.from({ length: BATCH }, (_, i) => i % 2);

function stepCost(learner: ReturnType<typeof plainLearner>, shape: NetworkShape): number {
  const x = inputs(BATCH, shape.inputs);
  const us = costUs(() => learner.step(x, labels, 1e-3, null));
  learner.dispose();
  return us;
}

const answerCost = (shape: NetworkShape, rows: number, logits: (x: Float32Array) => unknown): number => {
  const x = inputs(rows, shape.inputs);
  return costUs(() => logits(x));
};

function withNetwork<T>(
  tf: Tf,
  shape: NetworkShape,
  weights: Float32Array,
  use: (logits: (x: Float32Array, rows: number) => Float32Array) => T,
): T {
  const network = tensorflowNetwork(tf, shape, weights);
  const result = use((x, rows) => network.logits(x, rows));
  network.dispose();
  return result;
}

function autodiffCost(tf: Tf, shape: NetworkShape, weights: Float32Array): number {
  const layers = layersOf(shape);
  const variables = layers.flatMap(({ kernelAt, biasAt, inputs: i, outputs: o }) => [
    tf.variable(tf.tensor2d(weights.slice(kernelAt, biasAt), [i, o])),
    tf.variable(tf.tensor1d(weights.slice(biasAt, biasAt + o))),
  ]);
  const adam = tf.train.adam(1e-3);
  const x = inputs(BATCH, shape.inputs);
  const us = costUs(() =>
    tf.tidy(() => {
      const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), shape.outputs);
      adam.minimize(() => {
        let h: Tensor = tf.tensor2d(x, [BATCH, shape.inputs]);
        for (const [l, { relu }] of layers.entries())
          h = tf.fused.matMul({
            a: h,
            b: variables[2 * l]!,
            bias: variables[2 * l + 1]!,
            activation: relu ? 'relu' : 'linear',
          });
        return tf.losses.softmaxCrossEntropy(truth, h).asScalar();
      });
    }),
  );
  adam.dispose();
  tf.dispose(variables);
  return us;
}

async function layersCost(tf: Tf, shape: NetworkShape): Promise<number> {
  const model = tf.sequential();
  for (const { inputs: i, outputs: units, relu } of layersOf(shape))
    model.add(tf.layers.dense({ units, inputShape: [i], activation: relu ? 'relu' : 'softmax' }));
  model.compile({ optimizer: tf.train.adam(1e-3), loss: 'sparseCategoricalCrossentropy' });
  const steps = 100;
  const x = tf.tensor2d(inputs(BATCH * steps, shape.inputs), [BATCH * steps, shape.inputs]);
  const y = tf.tensor1d(Float32Array.from({ length: BATCH * steps }, (_, i) => i % 2));
  const fit = () => model.fit(x, y, { batchSize: BATCH, epochs: 1, verbose: 0 });
  await fit();
  const began = process.cpuUsage();
  await fit();
  const { user, system } = process.cpuUsage(began);
  model.dispose();
  tf.dispose([x, y]);
  return Math.round((user + system) / steps);
}
