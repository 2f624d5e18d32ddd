import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { colourRows } from '../support/colours.ts';
import { typeHere } from '../support/command-line.ts';
import type { Said } from '../support/command-line.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Models that write through the commands, from a tiny base. */

const llama = 'vectors/finetune/llama-untied';

const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const lastLine = ({ out }: Said) => JSON.parse(out.trimEnd().split('\n').at(-1)!) as Record<string, number>;
const costs = ['trainSeconds', 'peakMemoryMb', 'trainableParameters', 'totalParameters', 'backend'];

/** What is learnt is tested again by a colon more, so that no test row is a training row. */
const again = colourRows.slice(0, 8).map(({ prompt, answer }) => ({ prompt: `${prompt}:`, answer }));

test('answers are learnt, tested and written; then which are preferred', needsShared(llama), async () => {
  const folder = tempFolder();
  writeFileSync(path.join(folder, 'train.jsonl'), lines(colourRows));
  writeFileSync(path.join(folder, 'test.jsonl'), lines(again));
  const files = ['--train', 'train.jsonl', '--test', 'test.jsonl'];
  const rates = ['--learning-rate', '0.01', '--epochs', '16'];
  const first = await typeHere(
    folder,
    'finetune',
    ...files,
    '--base',
    shared(llama),
    '--method',
    'full',
    ...rates,
    '--out',
    'v1',
    '--json',
  );
  expect(first.code, first.err).toBe(0);
  const line = lastLine(first);
  expect(Object.keys(line)).toEqual([
    'accuracy',
    'logLoss',
    'tokenLoss',
    'perplexity',
    'exactMatch',
    'fuzzyMatch',
    ...costs,
  ]);
  expect(line['perplexity']).toBeCloseTo(Math.exp(line['tokenLoss']!), 9);
  const report = readFileSync(path.join(folder, 'v1/report.html'), 'utf8');
  expect(report).toContain('What it wrote');
  const listed = JSON.parse(readFileSync(path.join(folder, 'v1/learnt.json'), 'utf8')) as { rows: string[] };
  expect(listed.rows).toHaveLength(colourRows.length);
  expect(report).toContain(again[0]!.prompt);

  const tested = await typeHere(folder, 'evaluate', '--artifact', 'v1', '--test', 'test.jsonl', '--json');
  expect(lastLine(tested)).toMatchObject({
    rows: 8,
    tokenLoss: line['tokenLoss'],
    fuzzyMatch: line['fuzzyMatch'],
  });
  const said = await typeHere(folder, 'predict', '--artifact', 'v1', '--data', 'test.jsonl');
  const texts = said.out
    .trimEnd()
    .split('\n')
    .map((answer) => (JSON.parse(answer) as { text: string }).text);
  const right = texts.filter((text, i) => text === again[i]!.answer).length;
  expect(right / texts.length).toBe(line['exactMatch']);

  const pairs = (rows: typeof again) =>
    lines(
      rows.map(({ prompt, answer }) => ({
        prompt,
        chosen: answer,
        rejected: answer === 'red' ? 'blue' : 'red',
      })),
    );
  writeFileSync(path.join(folder, 'pairs.jsonl'), pairs([...colourRows]));
  writeFileSync(path.join(folder, 'pairs-test.jsonl'), pairs(again));
  const support = {
    name: 'support',
    task: { kind: 'generation' },
    input: { prompt: { kind: 'text' } },
    base: shared(llama),
    fineTune: { method: 'lora', learningRate: 0.005, epochs: 6, beta: 0.2 },
  };
  writeFileSync(path.join(folder, 'config.ts'), `export default { models: [${JSON.stringify(support)}] };`);
  const preferred = await typeHere(
    folder,
    ...'finetune --train pairs.jsonl --test pairs-test.jsonl --config config.ts --out v2 --json'.split(' '),
  );
  expect(preferred.err).toMatch(/β +0\.2: it was asked for/);
  expect(preferred.code, preferred.err).toBe(0);
  const learnt = lastLine(preferred);
  expect(Object.keys(learnt)).toEqual([
    'accuracy',
    'preferenceAccuracy',
    'rewardMargin',
    'tokenLoss',
    'perplexity',
    ...costs,
  ]);
  expect(learnt['preferenceAccuracy']).toBeGreaterThan(0.7);
  expect(learnt['rewardMargin']).toBeGreaterThan(0);
  expect(existsSync(path.join(folder, 'v2/adapter/adapter_model.safetensors'))).toBe(true);
});
