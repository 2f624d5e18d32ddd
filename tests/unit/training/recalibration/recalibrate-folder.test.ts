import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { image } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';
import { noAugmentation } from '../../../../training/image-classification/augment.ts';
import { openImageVersion } from '../../../../training/image-classification/open-image-version.ts';
import { trainImageVersion } from '../../../../training/image-classification/train-image-version.ts';
import { writeLabelledFile } from '../../../../training/labelled-file.ts';
import { random } from '../../../../training/random.ts';
import { runTrainingJob } from '../../../../training/run-training-job.ts';
import { openTextVersion } from '../../../../training/text-classification/open-text-version.ts';
import { loadBackend } from '../../../../infra/tensorflow/backend.ts';
import { questions, questionSettings, trainQuestions } from '../../../support/question-model.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { tensorflows } from '../../../support/tensorflows.ts';

const size = { width: 6, height: 6, channels: 1 } as const;
const model = {
  name: 'bars',
  task: classification({ labels: ['dark', 'bright'] }),
  input: { photo: image(size) },
};

/** Grey noise; bright ones are a little brighter, so that which is likelier matters. */
function corpus(seed: number, rows: number, bright: number) {
  const chance = random(seed);
  return Array.from({ length: rows }, () => {
    const label = chance.uniform() < bright ? 'bright' : 'dark';
    const pixels = Uint8Array.from({ length: 36 }, () =>
      Math.floor(120 * chance.uniform() + (label === 'bright' ? 14 : 0)),
    );
    return { pixels, label };
  });
}
type Corpus = ReturnType<typeof corpus>;
const images = (rows: Corpus) => ({
  images: rows.map(({ pixels }) => pixels),
  labels: rows.map(({ label }) => label),
});
/** Pixels as text, as any reader of images turns text into them. */
const reader = {
  read: (text: string) => Promise.resolve({ bytes: new Uint8Array(Buffer.from(text, 'base64')) }),
};
const write = (file: string, rows: Corpus) =>
  writeLabelledFile(
    file,
    rows.map(({ pixels, label }) => ({ input: { photo: Buffer.from(pixels).toString('base64') }, label })),
  );

test('a network for images is recalibrated: its files as they are, its scores of the new shares, and again after that', async () => {
  const best = (await tensorflows()).at(-1)!;
  const backend = { tf: await best.select(), name: best.name, version: '', note: null };
  const folder = tempFolder();
  const at = (name: string) => path.join(folder, name);
  await trainImageVersion({
    backend,
    model,
    size,
    base: null,
    settings: { ...questionSettings, learningRate: 5e-3, augmentation: noAugmentation },
    train: images(corpus(1, 256, 0.3)),
    validation: images(corpus(2, 64, 0.3)),
    lineage: {},
    outFolder: at('v1'),
    onProgress: () => {},
  });
  const test = corpus(5, 400, 0.9);
  const answered = async (name: string) => {
    const version = await openImageVersion(backend.tf, at(name));
    const outputs = await version.answer(images(test).images);
    version.dispose();
    return {
      right: outputs.filter(({ label }, i) => label === test[i]!.label).length / test.length,
      bright: outputs.reduce((sum, { scores }) => sum + scores['bright']!, 0) / test.length,
    };
  };
  await write(at('train.jsonl'), corpus(3, 300, 0.9));
  await write(at('validation.jsonl'), corpus(4, 80, 0.9));
  const recalibrated = async (champion: string, name: string) => {
    mkdirSync(at(name));
    return await runTrainingJob(
      {
        model,
        training: { kind: 'recalibration', champion: at(champion) },
        trainFile: at('train.jsonl'),
        validationFile: at('validation.jsonl'),
        outFolder: at(name),
        lineage: { run: 'r' },
      },
      { loadBackend: () => Promise.resolve(backend), images: reader, onProgress: () => {} },
    );
  };
  const report = await recalibrated('v1', 'v2');
  expect(report.notes).toEqual([expect.stringContaining('its network is the same')]);
  const bytes = (name: string) => readFileSync(path.join(at(name), 'model.safetensors'));
  expect(bytes('v2').equals(bytes('v1'))).toBe(true);
  const [before, after] = [await answered('v1'), await answered('v2')];
  expect(before.bright).toBeLessThan(0.8);
  expect(after.bright).toBeGreaterThan(0.85);
  expect(after.bright).toBeLessThan(0.95);
  expect(after.right).toBeGreaterThan(before.right);

  // What has these shares already stays as it is.
  await recalibrated('v2', 'v3');
  const again = await answered('v3');
  expect(again.bright).toBeCloseTo(after.bright, 1);
  expect(again.right).toBeCloseTo(after.right, 1);
  const signature = JSON.parse(readFileSync(path.join(at('v3'), 'driftloop.json'), 'utf8')) as {
    shift: number[];
    lineage: object;
  };
  expect(signature.shift).toHaveLength(2);
  expect(signature.lineage).toEqual({ run: 'r' });
});

test('so is one for texts: on the new rows the mean score of each label is its share', async () => {
  const folder = tempFolder();
  const at = (name: string) => path.join(folder, name);
  const backend = { ...(await loadBackend()), note: null };
  await trainQuestions(at('v1'));
  // Questions without a word that tells whose they are, nearly all of them about one thing.
  const vague = Array.from({ length: 200 }, (_, i) => ({
    input: { question: ['please help', 'where is my', 'not today'][i % 3]! },
    label: i % 10 === 0 ? 'money' : i % 10 === 1 ? 'cards' : 'access',
  }));
  await writeLabelledFile(at('train.jsonl'), vague);
  await writeLabelledFile(at('validation.jsonl'), vague.slice(0, 20));
  mkdirSync(at('v2'));
  await runTrainingJob(
    {
      model: questions,
      training: { kind: 'recalibration', champion: at('v1') },
      trainFile: at('train.jsonl'),
      validationFile: at('validation.jsonl'),
      outFolder: at('v2'),
      lineage: {},
    },
    { loadBackend: () => Promise.resolve(backend), onProgress: () => {} },
  );
  const accessOf = async (name: string) => {
    const version = await openTextVersion(backend.tf, at(name));
    const answers = await version.answer(vague.map(({ input }) => input));
    version.dispose();
    return answers.reduce((sum, { scores }) => sum + scores['access']!, 0) / answers.length;
  };
  expect(await accessOf('v1')).toBeLessThan(0.7);
  expect(await accessOf('v2')).toBeCloseTo(0.8, 1);
});
