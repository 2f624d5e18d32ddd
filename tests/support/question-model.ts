import path from 'node:path';
import type { FineTune } from '../../domain/fine-tune-config.ts';
import type { TrainingJob } from '../../domain/ports.ts';
import { writeLabelledFile } from '../../training/labelled-file.ts';
import { text } from '../../domain/input.ts';
import { classification } from '../../domain/task.ts';
import { loadBackend } from '../../infra/tensorflow/backend.ts';
import { KEEP_NOTHING } from '../../training/classification/keep-settings.ts';
import type { TextSettings } from '../../training/text-classification/settings.ts';
import { trainTextVersion } from '../../training/text-classification/train-text-version.ts';
import { random } from '../../training/random.ts';

/** A small model of texts: one word of a question says whose it is. */
export const questions = {
  name: 'questions',
  task: classification({ labels: ['cards', 'money', 'access'] }),
  input: { question: text() },
};

const telling: Record<string, readonly string[]> = {
  cards: ['card', 'pin', 'chip'],
  money: ['refund', 'fee', 'transfer'],
  access: ['login', 'password', 'email'],
};
const filler = ['please', 'my', 'the', 'is', 'where', 'today', 'not', 'help'];

/** @param turn how far the labels are turned on: after a drift the same words are somebody else's */
export function questionRows(count: number, seed: number, turn = 0) {
  const chance = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance.uniform() * from.length)]!;
  const { labels } = questions.task;
  return Array.from({ length: count }, () => {
    const label = pick(labels);
    const words = Array.from({ length: 3 + Math.floor(chance.uniform() * 5) }, () => pick(filler));
    words.splice(Math.floor(chance.uniform() * words.length), 0, pick(telling[label]!));
    const turned = labels[(labels.indexOf(label) + turn) % labels.length]!;
    return { input: { question: words.join(' ') }, label: turned };
  });
}

export const questionSettings: TextSettings = {
  method: { kind: 'full', layerRate: 1, frozenLayers: 0 },
  learningRate: 3e-3,
  schedule: { kind: 'linear' },
  warmupShare: 0.1,
  batchSize: 16,
  epochs: 4,
  maxNorm: 1,
  patience: 4,
  seed: 1,
  weightDecay: 0.01,
  labelSmoothing: 0,
  classWeights: 'none',
  focalGamma: null,
  longest: 16,
  wordDropout: 0,
  keep: KEEP_NOTHING,
};

/** Trains a version in this process. */
export async function trainQuestions(outFolder: string, { turn = 0 } = {}): Promise<void> {
  const labelled = (rows: ReturnType<typeof questionRows>) => ({
    rows: rows.map(({ input }) => input),
    labels: rows.map(({ label }) => label),
  });
  await trainTextVersion({
    backend: await loadBackend(),
    model: questions,
    base: null,
    settings: questionSettings,
    train: labelled(questionRows(200, 1, turn)),
    validation: labelled(questionRows(50, 2, turn)),
    lineage: {},
    outFolder,
    onProgress: () => {},
  });
}

/** A job on such questions, in this folder. */
export async function questionJob(folder: string, wish: FineTune | null = null): Promise<TrainingJob> {
  const [trainFile, validationFile] = [
    path.join(folder, 'train.jsonl'),
    path.join(folder, 'validation.jsonl'),
  ];
  await writeLabelledFile(trainFile, questionRows(200, 1));
  await writeLabelledFile(validationFile, questionRows(50, 2));
  return {
    model: questions,
    training: { kind: 'text', wish, base: null, old: null },
    trainFile,
    validationFile,
    outFolder: path.join(folder, 'artifact'),
    lineage: { snapshotId: 'test' },
  };
}
