import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../infra/tensorflow/backend.ts';
import type { LoadedBackend } from '../../infra/tensorflow/backend.ts';
import { random } from '../../training/random.ts';
import { initialWeights } from '../../training/tabular/network.ts';
import { plainLearner } from '../../training/tabular/plain-learner.ts';
import { plainLogits } from '../../training/tabular/plain-network.ts';
import { tensorflowLearner } from '../../training/tabular/tensorflow-learner.ts';
import { tensorflowNetwork } from '../../training/tabular/tensorflow-network.ts';
import { trainTabular } from '../../training/tabular/train-tabular.ts';
import { furthest, trainInterrupted } from '../support/interrupted-training.ts';
import { plans, planRows } from '../support/training-files.ts';
import { tabularSettings } from '../../training/tabular/settings.ts';

let backend: LoadedBackend;
beforeAll(async () => {
  backend = await loadBackend();
});
/** Where the native library cannot be had, there is nothing to compare with. */
const onNative = (name: string, run: () => void | Promise<void>) =>
  test(name, async (context) => {
    context.skip(backend.name === 'javascript', backend.note ?? '');
    await run();
  });

const shape = { inputs: 5, hidden: [16, 8], outputs: 3 };
function batchOf(rows: number, seed: number) {
  const chance = random(seed);
  return {
    x: Float32Array.from({ length: rows * shape.inputs }, () => 2 * chance.uniform() - 1),
    labels: Int32Array.from({ length: rows }, () => Math.floor(3 * chance.uniform())),
    weights: Float32Array.from({ length: rows }, () => 0.5 + chance.uniform()),
  };
}

describe('TensorFlow', () => {
  test('says which one it is, and why it is not a better one', () => {
    expect(['tensorflow-gpu', 'tensorflow-cpu', 'javascript']).toContain(backend.name);
    expect(backend.version).toMatch(/^\d+\.\d+/);
    if (backend.name === 'javascript') expect(backend.note).toContain('plain JavaScript');
  });

  onNative('takes the same steps as plain arithmetic, with batches of any size and weighted rows', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const initial = initialWeights(shape, random(1));
    const learners = [tensorflowLearner(tf, shape, initial), plainLearner(shape, initial)] as const;
    for (let i = 0; i < 60; i += 1) {
      const { x, labels, weights } = batchOf(i % 3 === 2 ? 7 : 32, i);
      for (const learner of learners) learner.step(x, labels, 0.01, i % 2 === 0 ? null : weights);
    }
    const [ours, plain] = learners.map((learner) => learner.weights());
    expect(furthest(plain!, initial)).toBeGreaterThan(0.1);
    expect(furthest(ours!, plain!)).toBeLessThan(1e-4);
    const { x } = batchOf(100, 5);
    expect(furthest(learners[0].logits(x, 100), learners[1].logits(x, 100))).toBeLessThan(1e-3);
    learners[0].dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  onNative('takes the same steps towards numbers as plain arithmetic', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const one = { ...shape, outputs: 1 };
    const initial = initialWeights(one, random(3));
    const learners = [
      tensorflowLearner(tf, one, initial, null, 'squared-error'),
      plainLearner(one, initial, null, 'squared-error'),
    ] as const;
    for (let i = 0; i < 60; i += 1) {
      const { x, labels, weights } = batchOf(i % 3 === 2 ? 7 : 32, i);
      const targets = Float32Array.from(labels, (label) => label - 1.5);
      for (const learner of learners) learner.step(x, targets, 0.01, i % 2 === 0 ? null : weights);
    }
    const [ours, plain] = learners.map((learner) => learner.weights());
    expect(furthest(plain!, initial)).toBeGreaterThan(0.1);
    expect(furthest(ours!, plain!)).toBeLessThan(1e-4);
    learners[0].dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  onNative('answers as plain arithmetic does, and gives its memory back', () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const weights = initialWeights(shape, random(2));
    const network = tensorflowNetwork(tf, shape, weights);
    const { x } = batchOf(64, 1);
    expect(furthest(network.logits(x, 64), plainLogits(shape, weights, x, 64))).toBeLessThan(1e-5);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  onNative('trains to the same bytes from the same seed, and leaves no tensor behind', async () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const fineTune = tabularSettings({ method: 'full', minSteps: 150, maxSteps: 150 });
    const data = planRows(300, 1);
    const part = (from: number, to: number) => ({
      rows: data.slice(from, to).map(({ input }) => input),
      labels: data.slice(from, to).map(({ label }) => label),
    });
    const train = () =>
      trainTabular({ model: plans, fineTune, backend, ...part(0, 240), validation: part(240, 300) });
    const [first, again] = [await train(), await train()];
    expect(first.weights).toEqual(again.weights);
    expect(first.report.backend).toBe(backend.name);
    const { report } = await trainTabular({
      model: plans,
      fineTune,
      ...part(0, 240),
      validation: part(240, 300),
    });
    expect(first.report.validationLoss).toBeCloseTo(report.validationLoss!, 3);
    expect(tf.memory().numTensors).toBe(before);

    const stop = AbortSignal.timeout(50);
    const endless = { ...fineTune, minSteps: 1e6, maxSteps: 1e6 };
    const cancelled = trainTabular({
      model: plans,
      fineTune: endless,
      backend,
      ...part(0, 240),
      signal: stop,
    });
    await expect(cancelled).rejects.toThrow('timeout');
    expect(tf.memory().numTensors).toBe(before);
  });

  onNative('interrupted at random steps ends where an uninterrupted training does', async () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const fineTune = tabularSettings({ method: 'full', hidden: [16, 8], minSteps: 90, maxSteps: 90 });
    const data = planRows(300, 1);
    const part = (from: number, to: number) => ({
      rows: data.slice(from, to).map(({ input }) => input),
      labels: data.slice(from, to).map(({ label }) => label),
    });
    for (const seed of [1, 2]) {
      const training = { model: plans, fineTune, backend, seed, ...part(0, 240), validation: part(240, 300) };
      const chance = random(seed);
      const interruptions = [1, 30, 60].map((from) => {
        const keptAt = from + Math.floor(15 * chance.uniform());
        return { keptAt, diedAt: keptAt + 1 + Math.floor(14 * chance.uniform()) };
      });
      const whole = await trainTabular(training);
      const { trained, resumedAt } = await trainInterrupted(training, interruptions);
      expect(resumedAt).toEqual([null, ...interruptions.map(({ keptAt }) => keptAt)]);
      expect(furthest(trained.weights, whole.weights)).toBeLessThan(1e-5);
      expect(Math.abs(trained.report.validationLoss! - whole.report.validationLoss!)).toBeLessThan(1e-5);
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
