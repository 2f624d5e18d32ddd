import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluate } from '../../cli/offline/evaluate.ts';
import { predict } from '../../cli/offline/predict.ts';
import type { LabelsOutput } from '../../domain/task.ts';
import { manyLabels } from '../../training/classification/many-labels.ts';
import { random } from '../../training/random.ts';
import { sigmoid } from '../../training/sigmoid.ts';
import { typeHere } from '../support/command-line.ts';
import type { Said } from '../support/command-line.ts';
import { pythonWithPeft } from '../support/python-with-peft.ts';

const transformers = fileURLToPath(new URL('../support/programs/multi_label.py', import.meta.url));

const telling = { card: ['card', 'pin', 'chip'], urgent: ['now', 'urgent', 'asap'] };
const names = Object.keys(telling);
const filler = ['please', 'my', 'the', 'is', 'where', 'today', 'not', 'help', 'why', 'again'];
const TEST_ROWS = 90;

/** Texts with words for each of two labels, which come together, alone, or not at all. */
function topics(count: number, seed: number): { text: string; labels: string[] }[] {
  const chance = random(seed);
  const pick = (from: readonly string[]) => from[Math.floor(chance.uniform() * from.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const words = Array.from({ length: 4 + Math.floor(chance.uniform() * 4) }, () => pick(filler));
    const labels = names.filter(() => chance.uniform() < 0.4);
    for (const label of labels)
      words.splice(
        Math.floor(chance.uniform() * words.length),
        0,
        pick(telling[label as keyof typeof telling]),
      );
    return { text: `${words.join(' ')} ${seed * 1_000 + i}`, labels };
  });
}

const asLines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join('\n');

const [train, tested] = [topics(240, 1), topics(TEST_ROWS, 2)];
let folder: string;
let trained: Said;
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-multi-label-'));
  // In the one file as lists, in the other in one cell: they say the same.
  await writeFile(at('train.jsonl'), asLines(train));
  const cells = tested.map(({ text, labels }) => `${text},${labels.join('|') || '|'}`);
  await writeFile(at('test.csv'), `text,labels\n${cells.join('\n')}\n`);
  const files = ['--train', 'train.jsonl', '--test', 'test.csv', '--out', 'v1'];
  trained = await typeHere(folder, 'finetune', ...files, '--json', '--epochs', '8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function answers(): Promise<LabelsOutput[]> {
  await predict({ artifact: at('v1'), data: at('test.csv'), out: at('answers.jsonl') });
  const lines = (await readFile(at('answers.jsonl'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as LabelsOutput);
}

async function settled(): Promise<{ threshold: number; temperature: number }> {
  return JSON.parse(await readFile(at('v1/driftloop.json'), 'utf8')) as {
    threshold: number;
    temperature: number;
  };
}

test('an encoder from scratch learns two labels that have nothing to do with each other', async () => {
  expect(trained.code, trained.err).toBe(0);
  expect(trained.err).toContain(
    '2 labels were read out of the file, and a text may have any number of them.',
  );
  const line = JSON.parse(trained.out) as Record<string, number>;
  const scores = ['accuracy', 'macroF1', 'precision', 'recall', 'logLoss', 'ece', 'microF1', 'hammingLoss'];
  expect(Object.keys(line).slice(0, scores.length)).toEqual(scores);
  expect(line['accuracy']).toBeGreaterThan(0.9);
  expect(line['microF1']).toBeGreaterThan(0.95);
  const report = await readFile(at('v1/report.html'), 'utf8');
  expect(report).toContain('Rows with every label right');
  expect(report).not.toContain('What is taken for what');

  const again = await evaluate({ artifact: at('v1'), test: at('test.csv') });
  expect(again.json).toEqual({
    rows: TEST_ROWS,
    ...Object.fromEntries(scores.map((name) => [name, line[name]])),
  });

  const said = await answers();
  const { threshold } = await settled();
  for (const { labels, scores: likely } of said)
    expect(labels).toEqual(names.filter((label) => likely[label]! >= threshold));
  const right = said.filter(({ labels }, i) => labels.join() === tested[i]!.labels.join()).length;
  expect(right / TEST_ROWS).toBeCloseTo(line['accuracy']!, 9);
});

test('its folder says what transformers asks for', async () => {
  expect(JSON.parse(await readFile(at('v1/config.json'), 'utf8'))).toMatchObject({
    problem_type: 'multi_label_classification',
    id2label: { 0: 'card', 1: 'urgent' },
  });
});

const environment = pythonWithPeft();
test(
  'transformers opens it, answers the same, and finds the same loss',
  { skip: environment === null },
  async () => {
    await writeFile(at('asked.jsonl'), asLines(tested));
    const quiet = { HF_HUB_OFFLINE: '1', CUDA_VISIBLE_DEVICES: '', OMP_NUM_THREADS: '1' };
    const { stdout } = await promisify(execFile)('python3', [transformers, at('v1'), at('asked.jsonl')], {
      env: { ...process.env, ...quiet, ...environment },
    });
    const theirs = JSON.parse(stdout) as { labels: string[]; logits: number[][]; loss: number };
    expect(theirs.labels).toEqual(names);
    const { temperature } = await settled();
    for (const [row, { scores }] of (await answers()).entries())
      for (const [i, label] of names.entries())
        expect(scores[label]).toBeCloseTo(sigmoid(theirs.logits[row]![i]! / temperature), 5);
    const truths = tested.map(({ labels }) => labels.map((label) => names.indexOf(label)));
    const logits = Float32Array.from(theirs.logits.flat());
    expect(manyLabels(names.length).meanLoss(logits, truths)).toBeCloseTo(theirs.loss, 5);
  },
);
