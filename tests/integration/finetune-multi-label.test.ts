import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { evaluate } from '../../cli/offline/evaluate.ts';
import { predict } from '../../cli/offline/predict.ts';
import type { LabelsOutput } from '../../domain/task.ts';
import { random } from '../../training/random.ts';
import { tempFolder } from '../support/temp-folder.ts';

const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));

const telling = { card: ['card', 'pin', 'chip'], urgent: ['now', 'urgent', 'asap'] };
const filler = ['please', 'my', 'the', 'is', 'where', 'today', 'not', 'help', 'why', 'again'];

/** Texts with words for each of two labels, which come together, alone, or not at all. */
function topics(count: number, seed: number): { text: string; labels: string[] }[] {
  const chance = random(seed);
  const pick = (from: readonly string[]) => from[Math.floor(chance.uniform() * from.length)]!;
  return Array.from({ length: count }, (_, i) => {
    const words = Array.from({ length: 4 + Math.floor(chance.uniform() * 4) }, () => pick(filler));
    const labels = Object.keys(telling).filter(() => chance.uniform() < 0.4);
    for (const label of labels)
      words.splice(
        Math.floor(chance.uniform() * words.length),
        0,
        pick(telling[label as keyof typeof telling]),
      );
    return { text: `${words.join(' ')} ${seed * 1_000 + i}`, labels };
  });
}

test('an encoder from scratch learns two labels that have nothing to do with each other', async () => {
  const folder = tempFolder();
  const at = (name: string) => path.join(folder, name);
  const [train, test] = [topics(240, 1), topics(90, 2)];
  // In the one file as lists, in the other in one cell: they say the same.
  writeFileSync(at('train.jsonl'), train.map((row) => JSON.stringify(row)).join('\n'));
  const cells = test.map(({ text, labels }) => `${text},${labels.join('|') || '|'}`);
  writeFileSync(at('test.csv'), `text,labels\n${cells.join('\n')}\n`);
  const args = ['finetune', '--train', 'train.jsonl', '--test', 'test.csv', '--out', 'v1', '--json'];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [launcher, ...args, '--epochs', '8'],
    {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1' },
    },
  );
  expect(stderr).toContain('2 labels were read out of the file, and a text may have any number of them.');
  const line = JSON.parse(stdout) as Record<string, number>;
  const scores = ['accuracy', 'macroF1', 'precision', 'recall', 'logLoss', 'ece', 'microF1', 'hammingLoss'];
  expect(Object.keys(line).slice(0, scores.length)).toEqual(scores);
  expect(line['accuracy']).toBeGreaterThan(0.9);
  expect(line['microF1']).toBeGreaterThan(0.95);
  // What transformers takes a folder for.
  const config = JSON.parse(readFileSync(at('v1/config.json'), 'utf8')) as object;
  expect(config).toMatchObject({
    problem_type: 'multi_label_classification',
    id2label: { 0: 'card', 1: 'urgent' },
  });
  const report = readFileSync(at('v1/report.html'), 'utf8');
  expect(report).toContain('Rows with every label right');
  expect(report).not.toContain('What is taken for what');

  const again = await evaluate({ artifact: at('v1'), test: at('test.csv') });
  expect(again.json).toEqual({
    rows: 90,
    ...Object.fromEntries(scores.map((name) => [name, line[name]])),
  });

  await predict({ artifact: at('v1'), data: at('test.csv'), out: at('answers.jsonl') });
  const answers = readFileSync(at('answers.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as LabelsOutput);
  const { threshold } = JSON.parse(readFileSync(at('v1/driftloop.json'), 'utf8')) as { threshold: number };
  for (const { labels, scores: likely } of answers)
    expect(labels).toEqual(Object.keys(telling).filter((label) => likely[label]! >= threshold));
  const right = answers.filter(({ labels }, i) => labels.join() === test[i]!.labels.join()).length;
  expect(right / 90).toBeCloseTo(line['accuracy']!, 9);
});
