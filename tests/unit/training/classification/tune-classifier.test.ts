import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LoraSettings } from '../../../../training/adapters/lora-settings.ts';
import { KEEP_NOTHING } from '../../../../training/classification/keep-settings.ts';
import type { Tf } from '../../../../training/backend.ts';
import { loadNetwork, writeModelFolder } from '../../../../training/models/model-folder.ts';
import type { LoadedNetwork } from '../../../../training/models/model-folder.ts';
import { startNetwork } from '../../../../training/models/start-network.ts';
import { lookUpTables } from '../../../../training/quantisation/look-up-tables.ts';
import {
  disposeNetwork,
  loadQuantised,
  weightsOf,
} from '../../../../training/quantisation/quantised-network.ts';
import { random } from '../../../../training/random.ts';
import { buildVocabulary } from '../../../../training/text/build-vocabulary.ts';
import { newEncoder } from '../../../../training/text/new-encoder.ts';
import { bertTokenizerConfig, bertTokenizerFile } from '../../../../training/text/tokenizer-file.ts';
import { createTokenizer } from '../../../../training/text/tokenizer.ts';
import { allLogits } from '../../../../training/classification/all-logits.ts';
import { answersWith } from '../../../../training/classification/classifier.ts';
import { readCheckpoint, writeCheckpoint } from '../../../../training/checkpoints/checkpoint.ts';
import { stagedStateCodec } from '../../../../training/classification/staged-state-codec.ts';
import { networkClassifier } from '../../../../training/classification/network-classifier.ts';
import { oneLabel } from '../../../../training/classification/one-label.ts';
import type { ClassifierSettings, TuneMethod } from '../../../../training/classification/settings.ts';
import type { TokenisedText } from '../../../../training/text-classification/text-reader.ts';
import { textReader, tokenise } from '../../../../training/text-classification/text-reader.ts';
import { shareRight } from '../../../../training/share-right.ts';
import type { ClassifierTuning, StagedState } from '../../../../training/classification/tune-classifier.ts';
import { tuneClassifier } from '../../../../training/classification/tune-classifier.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const [LABELS, LONGEST] = [3, 16];
const words = [
  ['card', 'pin', 'chip'],
  ['money', 'refund', 'fee'],
  ['login', 'password', 'email'],
];
const filler = ['please', 'my', 'the', 'is', 'where', 'today', 'not', 'help'];

/** Texts with one word that says their label, somewhere in the middle. */
function corpus(seed: number, rows: number) {
  const chance = random(seed);
  const pick = (from: readonly string[]) => from[Math.floor(chance.uniform() * from.length)]!;
  const labels = Int32Array.from({ length: rows }, () => Math.floor(chance.uniform() * LABELS));
  const texts = Array.from(labels, (label) => {
    const around = Array.from({ length: 3 + Math.floor(chance.uniform() * 5) }, () => pick(filler));
    around.splice(Math.floor(chance.uniform() * around.length), 0, pick(words[label]!));
    return around.join(' ');
  });
  return { texts, labels };
}
const [train, held] = [corpus(1, 128), corpus(2, 48)];
const vocabulary = buildVocabulary(train.texts, { size: 500, least: 1 });
const tokenizer = createTokenizer(bertTokenizerFile(vocabulary), bertTokenizerConfig(LONGEST));
const tokenised = ({ texts, labels }: typeof train) => ({
  inputs: tokenise(tokenizer, texts, LONGEST),
  labels,
});
const encoder = {
  ...newEncoder({ vocabulary: vocabulary.length, longest: LONGEST }),
  hidden_size: 32,
  num_hidden_layers: 1,
  intermediate_size: 64,
};
const lora: LoraSettings = {
  rank: 4,
  alpha: 8,
  rankStabilised: false,
  dropout: 0,
  targets: 'all-linear',
  keptWhole: [],
};
const settings: Omit<ClassifierSettings, 'method'> = {
  learningRate: 1e-2,
  schedule: { kind: 'linear' },
  warmupShare: 0.1,
  batchSize: 16,
  epochs: 8,
  maxNorm: 1,
  patience: 8,
  seed: 1,
  weightDecay: 0.01,
  labelSmoothing: 0,
  classWeights: 'none',
  focalGamma: null,
  keep: KEEP_NOTHING,
};

const available = await tensorflows();
const { select } = available.at(-1)!;
let tf: Tf;
let folder: string;
/** A base that has learnt to tell the texts apart, but calls them by other labels. */
let base: string;
let before: number;
const head = { kind: 'classes', classes: LABELS } as const;

type Tuning = ClassifierTuning<TokenisedText, LoadedNetwork>;

async function tune(
  network: LoadedNetwork,
  method: TuneMethod,
  more: Partial<ClassifierSettings> = {},
  { rows = train, ...rest }: { rows?: typeof train } & Pick<Tuning, 'checkpoints' | 'signal'> = {},
) {
  const reader = textReader(tf, network.config, tokenizer.padId);
  const { settled, ...tuned } = await tuneClassifier({
    tf,
    classifier: networkClassifier(tf, network, LABELS, reader),
    labelling: oneLabel(LABELS),
    train: tokenised(rows),
    validation: rows === train ? tokenised(held) : null,
    settings: { ...settings, ...more, method },
    onProgress: () => {},
    ...rest,
  });
  const weights = weightsOf(tf, settled);
  const { inputs, labels } = tokenised(held);
  const logits = await allLogits(tf, answersWith(reader, weights), { inputs, labels: LABELS });
  return { ...tuned, network: settled, logits, accuracy: shareRight(logits, labels, LABELS) };
}
const full: TuneMethod = { kind: 'full', layerRate: 1, frozenLayers: 0 };
const dispose = (network: LoadedNetwork) => disposeNetwork(tf, network);

beforeAll(async () => {
  tf = await select();
  // They stay for as long as TensorFlow does.
  lookUpTables(tf);
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-text-'));
  base = path.join(folder, 'base');
  const network = startNetwork(tf, encoder, head, 1);
  const others = train.labels.map((label) => (label + 1) % LABELS);
  await tune(network, full, { epochs: 16 }, { rows: { texts: train.texts, labels: others } });
  await writeModelFolder(base, network, {}, folder);
  dispose(network);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

test('from scratch it learns to tell the texts apart', async () => {
  const network = startNetwork(tf, encoder, head, 1);
  const { accuracy, validation, trainableParameters, totalParameters } = await tune(network, full);
  expect(accuracy).toBeGreaterThan(0.95);
  expect(validation!.score).toBeCloseTo(accuracy, 6);
  expect(trainableParameters).toBe(totalParameters);
  dispose(network);
});

test('the same seed learns the same', async () => {
  const results = [];
  for (let i = 0; i < 2; i += 1) {
    const network = startNetwork(tf, encoder, head, 1);
    results.push([...(await tune(network, full, { maxSteps: 10 })).logits]);
    dispose(network);
  }
  expect(results[0]).toEqual(results[1]);
});

describe('from a base', () => {
  test.each<[TuneMethod, Partial<ClassifierSettings>]>([
    [{ kind: 'full', layerRate: 0.8, frozenLayers: 0 }, { classWeights: 'balanced' }],
    [{ kind: 'lpft', headEpochs: 2, headLearningRate: 1e-2 }, { labelSmoothing: 0.1 }],
    [{ kind: 'lora', lora }, { focalGamma: 2 }],
  ])('%o learns', async (method, more) => {
    const network = await loadNetwork(tf, base, head, { seed: 1 });
    const { accuracy, trainableParameters, totalParameters } = await tune(network, method, more);
    expect(accuracy).toBeGreaterThan(0.9);
    if (method.kind === 'lora') expect(trainableParameters).toBeLessThan(totalParameters / 2);
    dispose(network);
  });

  test('head trains nothing but the head', async () => {
    const network = await loadNetwork(tf, base, head, { seed: 1 });
    const trunk = () => [...network.parameters.get('bert.encoder.layer.0.output.dense.weight')!.dataSync()];
    const classifier = () => [...network.parameters.get('classifier.weight')!.dataSync()];
    const [trunkBefore, classifierBefore] = [trunk(), classifier()];
    const { trainableParameters, accuracy } = await tune(network, { kind: 'head' });
    expect(accuracy).toBeGreaterThan(0.9);
    expect(trunk()).toEqual(trunkBefore);
    expect(classifier()).not.toEqual(classifierBefore);
    expect(trainableParameters).toBe(32 * 32 + 32 + 3 * 32 + 3);
    dispose(network);
  });

  test('what is kept whole beside an adapter is trained itself, and nothing else of the base', async () => {
    const network = await loadNetwork(tf, base, head, { seed: 1 });
    const embeddings = ['word_embeddings', 'position_embeddings'].map((table) =>
      network.parameters.get(`bert.embeddings.${table}.weight`)!,
    );
    const values = () => embeddings.map((table) => [...table.dataSync()]);
    const [wordsBefore, positionsBefore] = values();
    const withWhole = (module: string): TuneMethod => ({
      kind: 'lora',
      lora: { ...lora, keptWhole: [module] },
    });
    await tune(network, withWhole('word_embeddings'), { maxSteps: 2 });
    const [words, positions] = values();
    expect(words).not.toEqual(wordsBefore);
    expect(positions).toEqual(positionsBefore);
    await expect(tune(network, withWhole('wte'))).rejects.toMatchObject({
      code: 'DL_ADAPTER_UNFIT',
      message: expect.stringContaining('no module "wte"') as string,
    });
    dispose(network);
  });

  test('what an adapter on 4 bits has learnt answers as it was validated', async () => {
    const quantised = await loadQuantised(tf, base, head, { seed: 1 });
    const { network, accuracy, validation } = await tune(quantised, { kind: 'qlora', lora });
    expect(accuracy).toBeGreaterThan(0.9);
    expect(accuracy).toBeCloseTo(validation!.score, 6);
    dispose(network);
  });

  test('a pull keeps the weights near to where they were', async () => {
    const moved = async (pull: number) => {
      const network = await loadNetwork(tf, base, head, { seed: 1 });
      const name = 'bert.encoder.layer.0.output.dense.weight';
      const start = network.parameters.get(name)!.dataSync<'float32'>().slice();
      await tune(network, full, { keep: { ...KEEP_NOTHING, pull } });
      const end = network.parameters.get(name)!.dataSync<'float32'>();
      dispose(network);
      return Math.hypot(...start.map((x, i) => end[i]! - x));
    };
    expect(await moved(1)).toBeLessThan((await moved(0)) / 3);
  });

  test.each<[TuneMethod, number]>([
    // In the first of its two parts, and in the second.
    [{ kind: 'lpft', headEpochs: 1, headLearningRate: 1e-2 }, 5],
    [{ kind: 'lpft', headEpochs: 1, headLearningRate: 1e-2 }, 14],
    [{ kind: 'lora', lora: { ...lora, dropout: 0.1 } }, 10],
  ])('%o, interrupted and resumed after %i steps, ends where it would have ended', async (method, steps) => {
    const open = () => loadNetwork(tf, base, head, { seed: 1 });
    const whole = await open();
    const { logits } = await tune(whole, method, { epochs: 2 });
    dispose(whole);

    const interruption = new AbortController();
    const kept: Uint8Array[] = [];
    const first = await open();
    let taken = 0;
    const checkpoints = {
      resumed: null,
      isDue: () => (taken += 1) === steps,
      async keep(state: StagedState) {
        kept.push(writeCheckpoint(stagedStateCodec, { state, seconds: 1 }, 'job'));
        interruption.abort();
      },
    };
    const { signal } = interruption;
    await expect(tune(first, method, { epochs: 2 }, { checkpoints, signal })).rejects.toThrow();
    dispose(first);

    const second = await open();
    const again = {
      resumed: readCheckpoint(stagedStateCodec, kept[0]!, 'job').state,
      isDue: () => false,
      keep: async () => {},
    };
    const resumed = await tune(second, method, { epochs: 2 }, { checkpoints: again });
    for (const [i, value] of resumed.logits.entries()) expect(value).toBeCloseTo(logits[i]!, 5);
    dispose(second);
  });
});
