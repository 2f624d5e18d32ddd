import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LoraSettings } from '../../../../training/adapters/lora-settings.ts';
import { KEEP_NOTHING } from '../../../../training/classification/keep-settings.ts';
import type { Tf } from '../../../../training/backend.ts';
import type { TuneMethod } from '../../../../training/classification/settings.ts';
import { noAugmentation } from '../../../../training/image-classification/augment.ts';
import type { ImageBytes } from '../../../../training/image-classification/image-reader.ts';
import { openImageVersion } from '../../../../training/image-classification/open-image-version.ts';
import type { ImageSettings } from '../../../../training/image-classification/settings.ts';
import { trainImageVersion } from '../../../../training/image-classification/train-image-version.ts';
import type { ImageVersion } from '../../../../training/image-classification/train-image-version.ts';
import { layersFiles } from '../../../../training/layers-model/layers-files.ts';
import { lookUpTables } from '../../../../training/quantisation/look-up-tables.ts';
import { random } from '../../../../training/random.ts';
import { caughtAsync } from '../../../support/caught.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { tensorflows } from '../../../support/tensorflows.ts';
import { writeTinyBase } from '../../../support/tiny-bases.ts';

const size = { width: 6, height: 6, channels: 1 };
const labels = ['top', 'bottom', 'nothing'];

/** Noise with a bright bar at the top or at the bottom, or without. */
function corpus(seed: number, rows: number, channels = 1) {
  const chance = random(seed);
  const images: ImageBytes[] = [];
  const truths: string[] = [];
  for (let row = 0; row < rows; row += 1) {
    const label = Math.floor(3 * chance.uniform());
    const image = Uint8Array.from({ length: 36 * channels }, () => Math.floor(90 * chance.uniform()));
    const bar = [0, 5][label];
    if (bar !== undefined) image.fill(220, bar * 6 * channels, (bar + 1) * 6 * channels);
    images.push(image);
    truths.push(labels[label]!);
  }
  return { images, labels: truths };
}

const full = { kind: 'full', layerRate: 1, frozenLayers: 0 } as const;
const lora: LoraSettings = {
  rank: 4,
  alpha: 16,
  rankStabilised: false,
  dropout: 0,
  targets: 'all-linear',
  keptWhole: [],
};
const settings: ImageSettings = {
  method: full,
  learningRate: 5e-3,
  schedule: { kind: 'cosine' },
  warmupShare: 0.1,
  batchSize: 16,
  epochs: 5,
  maxNorm: 1,
  patience: 5,
  seed: 1,
  weightDecay: 0.01,
  labelSmoothing: 0,
  classWeights: 'none',
  focalGamma: null,
  keep: KEEP_NOTHING,
  augmentation: noAugmentation,
};

let tf: Tf;
let name: ImageVersion['backend']['name'];
beforeAll(async () => {
  const best = (await tensorflows()).at(-1)!;
  [tf, name] = [await best.select(), best.name];
  // Shared by everything in 4 bits, and kept for good.
  lookUpTables(tf);
});

async function trained(changes: Partial<ImageVersion> = {}, channels = 1) {
  const outFolder = path.join(tempFolder(), 'v1');
  const before = tf.memory().numTensors;
  const tuned = await trainImageVersion({
    backend: { tf, name, version: '', note: null },
    model: { name: 'bars', task: { kind: 'classification', labels }, input: {} },
    size: { ...size, channels },
    base: null,
    settings,
    train: corpus(1, 128, channels),
    validation: corpus(2, 32, channels),
    lineage: {},
    outFolder,
    onProgress: () => {},
    ...changes,
  });
  expect(tf.memory().numTensors).toBe(before);
  return { ...tuned, folder: outFolder };
}

async function answersOf(folder: string, channels = 1) {
  const test = corpus(3, 60, channels);
  const before = tf.memory().numTensors;
  const version = await openImageVersion(tf, folder);
  const outputs = await version.answer(test.images);
  version.dispose();
  expect(tf.memory().numTensors).toBe(before);
  const right = outputs.filter(({ label }, row) => label === test.labels[row]).length / outputs.length;
  return { outputs, right };
}

test('a new network learns images, and is the same again for the same seed', async () => {
  const augmentation = { ...noAugmentation, shift: 0.05, noise: 0.05 };
  const [first, again] = [
    await trained({ settings: { ...settings, augmentation } }),
    await trained({ settings: { ...settings, augmentation } }),
  ];
  const { outputs, right } = await answersOf(first.folder);
  expect(right).toBeGreaterThan(0.95);
  expect((await answersOf(again.folder)).outputs).toEqual(outputs);
  expect(first.trainableParameters).toBe(first.totalParameters);
  expect((await trained()).validation).not.toEqual(first.validation);
});

test('without any old rows, what a base answers holds the next one back', async () => {
  const { folder } = await trained();
  const turned = corpus(1, 128);
  turned.labels = turned.labels.map((label) => labels[(labels.indexOf(label) + 1) % 3]!);
  const keep = { ...KEEP_NOTHING, distillation: 20 };
  const free = await trained({ base: folder, train: turned });
  const held = await trained({ base: folder, train: turned, settings: { ...settings, keep } });
  expect((await answersOf(free.folder)).right).toBeLessThan(0.5);
  expect((await answersOf(held.folder)).right).toBeGreaterThan(0.9);
});

test('what was made is a base for the next, whose head it has already', async () => {
  const { folder } = await trained();
  const before = await answersOf(folder);
  const once = { ...settings, method: { kind: 'head' } as const, epochs: 1, learningRate: 1e-5 };
  const next = await trained({ base: folder, settings: once });
  expect(next.trainableParameters).toBeLessThan(next.totalParameters / 20);
  const after = await answersOf(next.folder);
  for (const [row, { scores }] of after.outputs.entries())
    expect(Math.abs(scores['top']! - before.outputs[row]!.scores['top']!)).toBeLessThan(0.1);
});

const methods: Record<TuneMethod['kind'], TuneMethod> = {
  full,
  head: { kind: 'head' },
  lpft: { kind: 'lpft', headEpochs: 2, headLearningRate: 1e-2 },
  lora: { kind: 'lora', lora },
  qlora: { kind: 'qlora', lora },
};

describe('a ViT', () => {
  test.each(Object.values(methods))(
    'is fine-tuned by $kind, and its folder says what transformers asks for',
    async (method) => {
      const base = path.join(tempFolder(), 'base');
      await writeTinyBase(base, 'vit', { num_channels: 3, layer_norm_eps: 1e-6 });
      const epochs = method.kind === 'head' ? 15 : 6;
      const { folder, trainableParameters, totalParameters } = await trained(
        { base, settings: { ...settings, method, epochs, learningRate: 1e-2 } },
        3,
      );
      const { right } = await answersOf(folder, 3);
      expect(right).toBeGreaterThan(method.kind === 'head' ? 0.6 : 0.9);
      if (method.kind !== 'full' && method.kind !== 'lpft')
        expect(trainableParameters).toBeLessThan(totalParameters);
      const json = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as object;
      expect(json('config.json')).toMatchObject({
        architectures: ['ViTForImageClassification'],
        id2label: { 0: 'top', 1: 'bottom', 2: 'nothing' },
      });
      expect(json('preprocessor_config.json')).toMatchObject({
        size: { width: 6, height: 6 },
        image_mean: [0.5, 0.5, 0.5],
      });
    },
  );
});

test.each([methods.lora, methods.qlora])(
  'an adapter of $kind over a ViT that lies beside it answers as the same training does when it is merged',
  async (method) => {
    const scratch = tempFolder();
    const base = path.join(scratch, 'a'.repeat(64));
    await writeTinyBase(base, 'vit', { num_channels: 3, layer_norm_eps: 1e-6 });
    const training = { base, settings: { ...settings, method, epochs: 2, learningRate: 1e-2 } };
    const merged = await trained(training, 3);
    const apart = await trained(
      { ...training, baseDigest: 'a'.repeat(64), outFolder: path.join(scratch, 'apart') },
      3,
    );
    expect(existsSync(path.join(merged.folder, 'model.safetensors'))).toBe(true);
    const folder = path.join(scratch, 'apart');
    expect(existsSync(path.join(folder, 'model.safetensors'))).toBe(false);
    expect(apart.validation!.loss).toBeCloseTo(merged.validation!.loss, 4);
    const [a, b] = [await answersOf(merged.folder, 3), await answersOf(folder, 3)];
    for (const [row, { scores }] of a.outputs.entries())
      for (const [label, score] of Object.entries(scores))
        expect(b.outputs[row]!.scores[label]).toBeCloseTo(score, 3);
  },
  120_000,
);

describe('a LayersModel', () => {
  let base: string;
  const pixels = (images: readonly ImageBytes[]) =>
    tf.tensor4d(
      Float32Array.from(
        images.flatMap((one) => [...one]),
        (x) => x / 255,
      ),
      [images.length, 6, 6, 1],
    );
  const opened = (folder: string) =>
    tf.loadLayersModel({ load: async () => await layersFiles(folder).load!() });
  /** What tfjs itself answers, given pixels from 0 to 1. */
  async function tfjsAnswers(folder: string, images: readonly ImageBytes[]) {
    const model = await opened(folder);
    const scores = tf.tidy(() => (model.predict(pixels(images)) as ReturnType<typeof pixels>).dataSync());
    model.dispose();
    return Float32Array.from(scores);
  }

  beforeAll(async () => {
    base = mkdtempSync(path.join(tmpdir(), 'driftloop-layers-'));
    const { layers } = tf;
    // Otherwise other weights each time, and now and then some that learn nothing.
    const seeded = (seed: number) => ({ kernelInitializer: tf.initializers.glorotNormal({ seed }) });
    const model = tf.sequential({
      layers: [
        layers.conv2d({ inputShape: [6, 6, 1], filters: 4, kernelSize: 3, activation: 'relu', ...seeded(1) }),
        layers.batchNormalization(),
        layers.flatten(),
        layers.dropout({ rate: 0.5 }),
        layers.dense({ units: 8, activation: 'relu', ...seeded(2) }),
        layers.dense({ units: 5, ...seeded(3) }),
        layers.softmax(),
      ],
    });
    await model.save(layersFiles(base));
    model.dispose();
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  test('learns by full and by its head, and opens in tfjs with the same answers', async () => {
    const learnt = await trained({ base, settings: { ...settings, epochs: 8, learningRate: 1e-2 } });
    const { outputs, right } = await answersOf(learnt.folder);
    expect(right).toBeGreaterThan(0.9);
    const { images } = corpus(3, 60);
    const before = tf.memory().numTensors;
    const scores = await tfjsAnswers(learnt.folder, images);
    expect(tf.memory().numTensors).toBe(before);
    for (const [row, { label }] of outputs.entries()) {
      const own = scores.slice(row * 3, row * 3 + 3);
      expect(labels[own.indexOf(Math.max(...own))]).toBe(label);
      expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }

    // Its head has as many classes now, and is kept; nothing else is trained.
    const once = { ...settings, method: methods.head, epochs: 1, learningRate: 1e-6 };
    const next = await trained({ base: learnt.folder, settings: once });
    expect(next.trainableParameters).toBe(8 * 3 + 3);
    const after = await tfjsAnswers(next.folder, images);
    for (const [i, score] of after.entries()) expect(Math.abs(score - scores[i]!)).toBeLessThan(1e-3);
  });

  test('has no matrices for an adapter, and says so', async () => {
    const error = await caughtAsync(() => trained({ base, settings: { ...settings, method: methods.lora } }));
    expect(error).toMatchObject({ code: 'DL_ADAPTER_UNFIT' });
    expect(error.fix).toContain('--method full, head or lpft');
  });
});
