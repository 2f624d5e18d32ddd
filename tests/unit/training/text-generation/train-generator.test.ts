import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { LoraSettings } from '../../../../training/adapters/lora-settings.ts';
import { readLora } from '../../../../training/adapters/adapter-folder.ts';
import { mergeLora } from '../../../../training/adapters/lora.ts';
import type { Tf } from '../../../../training/backend.ts';
import { loadNetwork } from '../../../../training/models/model-folder.ts';
import { readParameters } from '../../../../training/models/parameters.ts';
import { lookUpTables } from '../../../../training/quantisation/look-up-tables.ts';
import { openGenerator, openWriter } from '../../../../training/text-generation/open-generator.ts';
import type { GeneratorMethod, GeneratorSettings } from '../../../../training/text-generation/settings.ts';
import { trainGenerator } from '../../../../training/text-generation/train-generator.ts';
import type {
  AnsweredPrompt,
  GeneratorVersion,
} from '../../../../training/text-generation/train-generator.ts';
import { colourRows } from '../../../support/colours.ts';
import type { ColourRow } from '../../../support/colours.ts';
import { needsShared, shared } from '../../../support/shared-data.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const bases = { gpt2: 'vectors/finetune/gpt2', llama: 'vectors/finetune/llama-untied' };
const full: GeneratorMethod = { kind: 'full', layerRate: 1, frozenLayers: 0 };
const lora: LoraSettings = {
  rank: 8,
  alpha: 16,
  rankStabilised: false,
  dropout: 0,
  targets: 'all-linear',
  keptWhole: [],
};
const settings: Omit<GeneratorSettings, 'method'> = {
  learningRate: 0.01,
  schedule: { kind: 'cosine' },
  warmupShare: 0.1,
  batchSize: 6,
  epochs: 20,
  maxNorm: 1,
  patience: 20,
  seed: 1,
  weightDecay: 0.01,
  longest: 40,
  beta: 0.1,
};
const train = colourRows;
/** Some of what it learns by heart: whether it generalises is not asked here. */
const held = colourRows.slice(0, 8);
const answersOf = (rows: readonly ColourRow[]): AnsweredPrompt[] =>
  rows.map(({ prompt, answer }) => ({
    prompt: [{ role: 'user', content: prompt }],
    answer,
    rejected: null,
  }));
/** Of two answers the colour is preferred to another. */
const pairsOf = (rows: readonly ColourRow[]): AnsweredPrompt[] =>
  answersOf(rows).map((row) => ({ ...row, rejected: row.answer === 'red' ? 'blue' : 'red' }));
const conversations = (rows: readonly ColourRow[]) =>
  answersOf(rows).map(({ prompt, answer }) => [...prompt, { role: 'assistant' as const, content: answer }]);

const available = await tensorflows();
const { name, select } = available.at(-1)!;
let tf: Tf;
let before: number;
let folder: string;

const tune = (
  base: string,
  method: GeneratorMethod,
  more: Partial<GeneratorVersion> & { with?: Partial<GeneratorSettings> } = {},
) => {
  const { with: other, ...rest } = more;
  const outFolder = mkdtempSync(path.join(folder, 'version-'));
  return trainGenerator({
    backend: { tf, name, version: '', note: null },
    model: { name: 'colours', task: { kind: 'generation' }, input: { prompt: { kind: 'text' } } },
    base,
    settings: { ...settings, ...other, method },
    train: answersOf(train),
    validation: answersOf(held),
    lineage: {},
    outFolder,
    onProgress: () => {},
    ...rest,
  }).then((tuned) => ({ ...tuned, outFolder }));
};

/** What is foreseen of these answers: mean loss of a token. */
async function lossOf(folder: string): Promise<number> {
  const writer = await openGenerator(tf, folder);
  const scores = await writer.score(conversations(held));
  writer.dispose();
  return (
    scores.reduce((sum, { loss }) => sum + loss, 0) / scores.reduce((sum, { tokens }) => sum + tokens, 0)
  );
}

beforeAll(async () => {
  tf = await select();
  // They stay for as long as TensorFlow does.
  lookUpTables(tf);
  folder = mkdtempSync(path.join(tmpdir(), 'driftloop-writers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => expect(tf.memory().numTensors).toBe(before));

/** A base of each family that has learnt the colours, for what goes on from there. */
const learnt = new Map<string, string>();

describe.each(Object.entries(bases))('%s', (family, vectors) => {
  test(
    'learns to answer, and its folder answers what it was validated at',
    needsShared(vectors),
    async () => {
      const tuned = await tune(shared(vectors), full);
      learnt.set(family, tuned.outFolder);
      expect(tuned.validation!.loss).toBeLessThan(0.1);
      expect(tuned.trainableParameters).toBe(tuned.totalParameters);
      expect(await lossOf(tuned.outFolder)).toBeCloseTo(tuned.validation!.loss, 4);
      const writer = await openGenerator(tf, tuned.outFolder);
      const answers = await writer.answer(answersOf(train).map(({ prompt }) => prompt));
      writer.dispose();
      const right = answers.filter(({ text }, i) => text === train[i]!.answer).length;
      expect(right / train.length).toBeGreaterThan(0.9);
    },
  );

  test.each(['lora', 'qlora'] as const)(
    '%s: an adapter goes on from there; merged, it answers as it did',
    needsShared(vectors),
    async (kind) => {
      const base = learnt.get(family)!;
      const tuned = await tune(base, { kind, lora }, { with: { epochs: 3 } });
      expect(tuned.trainableParameters).toBeLessThan(tuned.totalParameters / 2);
      expect(await lossOf(tuned.outFolder)).toBeCloseTo(tuned.validation!.loss, 4);
      const packed = tuned.notes.filter((note) => note.includes('in 4 bits'));
      expect(packed).toHaveLength(kind === 'qlora' ? 1 : 0);
      if (kind === 'qlora') return;
      const [network, merged] = await Promise.all(
        [base, tuned.outFolder].map((folder) => loadNetwork(tf, folder, { kind: 'next-token' }, { seed: 1 })),
      );
      const adapter = await readLora(tf, path.join(tuned.outFolder, 'adapter'), network!);
      mergeLora(tf, network!.parts, network!.parameters, adapter);
      const byPeft = new Map(
        (await readParameters(network!.parameters)).map(({ name: of, values }) => [of, values]),
      );
      for (const { name: of, values } of await readParameters(merged!.parameters))
        expect(Math.max(...values.map((value, i) => Math.abs(value - byPeft.get(of)![i]!))), of).toBeLessThan(
          1e-6,
        );
      tf.dispose([
        ...network!.parameters.values(),
        ...merged!.parameters.values(),
        ...[...adapter.modules.values()].flatMap(({ a, b }) => [a, b]),
      ]);
    },
  );
});

describe('preferences', () => {
  test.each<GeneratorMethod>([{ kind: 'lora', lora }, full])(
    '$kind learns which of two answers is liked, beside what it began as',
    needsShared(bases.llama),
    async (method) => {
      const rows = { train: pairsOf(train), validation: pairsOf(held) };
      const rate = method.kind === 'full' ? 1e-3 : 5e-3;
      // From a base that knows nothing of colours.
      const tuned = await tune(shared(bases.llama), method, {
        ...rows,
        with: { epochs: 6, learningRate: rate },
      });
      expect(tuned.validation!.score).toBe(1);
      expect(tuned.validation!.loss).toBeLessThan(Math.log(2) / 2);
      const signature = JSON.parse(
        readFileSync(path.join(tuned.outFolder, 'driftloop.json'), 'utf8'),
      ) as Record<string, unknown>;
      expect(signature).toMatchObject({ kind: 'text-generator', beta: 0.1, base: shared(bases.llama) });
      const [version, base] = [
        await openGenerator(tf, tuned.outFolder),
        await openWriter(tf, shared(bases.llama), { like: tuned.outFolder, longest: 40, longestAnswer: 8 }),
      ];
      const both = held.map((row) => ({ ...row, answer: row.answer === 'red' ? 'blue' : 'red' }));
      const margin = async (writer: typeof base) => {
        const [chosen, rejected] = [
          await writer.score(conversations(held)),
          await writer.score(conversations(both)),
        ];
        return chosen.map(({ loss }, i) => rejected[i]!.loss - loss);
      };
      const [after, beforeIt] = [await margin(version), await margin(base)];
      for (const [i, one] of after.entries()) expect(one).toBeGreaterThan(beforeIt[i]!);
      version.dispose();
      base.dispose();
    },
  );
});

test('the same seed gives the same version', needsShared(bases.gpt2), async () => {
  const weights = [];
  for (let i = 0; i < 2; i += 1) {
    const { outFolder } = await tune(
      shared(bases.gpt2),
      { kind: 'lora', lora: { ...lora, dropout: 0.1 } },
      { with: { epochs: 1 } },
    );
    weights.push(readFileSync(path.join(outFolder, 'model.safetensors')));
  }
  expect(weights[0]!.equals(weights[1]!)).toBe(true);
});

test('what does not fit is cut, and said', needsShared(bases.gpt2), async () => {
  const { notes } = await tune(shared(bases.gpt2), full, { with: { epochs: 1, longest: 8 } });
  expect(notes.join(' ')).toMatch(/\d+ prompts were longer than 8 tokens/);
});

test(
  'an encoder is refused, and an abort ends a training',
  needsShared(bases.gpt2, 'vectors/finetune/bert'),
  async () => {
    await expect(tune(shared('vectors/finetune/bert'), full)).rejects.toMatchObject({
      code: 'DL_BASE_UNSUPPORTED',
    });
    const stop = new AbortController();
    const stopped = tune(shared(bases.gpt2), full, {
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step > 3) stop.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
  },
);
