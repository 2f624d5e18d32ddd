import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { finetune } from '../../cli/offline/finetune.ts';
import type { FinetuneOptions } from '../../cli/offline/finetune.ts';
import { random } from '../../training/random.ts';
import { planRows } from '../support/training-files.ts';
import { tempFolder } from '../support/temp-folder.ts';

type Trials = { trials: { settings: string; epochs: number; loss: number | null }[] };

/** What `finetune` keeps of a training on these lines. */
async function trained(lines: (seed: number, count: number) => string, options: Partial<FinetuneOptions>) {
  const folder = tempFolder();
  const file = (name: string, text: string) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const out = path.join(folder, 'out');
  await finetune({
    train: file('train.jsonl', lines(1, 120)),
    test: file('test.jsonl', lines(2, 30)),
    out,
    ...options,
  });
  const metrics = JSON.parse(readFileSync(path.join(out, 'metrics.json'), 'utf8')) as {
    search: Trials | null;
    settings: { name: string; value: string; because: string }[];
    evaluation: object;
  };
  return { ...metrics, page: readFileSync(path.join(out, 'report.html'), 'utf8') };
}

const table = (seed: number, count: number) =>
  planRows(count, seed)
    .map(({ input, label }) => JSON.stringify({ ...input, label }))
    .join('\n');

test('a search of a table ends with what an ordinary training of its winner gives', async () => {
  const { search, settings, evaluation, page } = await trained(table, { search: { trials: 6 }, epochs: 9 });
  expect(search!.trials).toHaveLength(6);
  expect(search!.trials[0]!.epochs).toBeGreaterThan(search!.trials.at(-1)!.epochs);
  expect(page).toContain('Settings that were tried');
  for (const { settings: tried } of search!.trials) expect(page).toContain(tried);
  const said = Object.fromEntries(settings.map((setting) => [setting.name, setting]));
  expect(said['learning rate']!.because).toBe('the best of 6 that were tried');

  const [, layers, rate] = /hidden layers ([\d-]+), learning rate (.+)/.exec(search!.trials[0]!.settings)!;
  expect(said['hidden layers']!.value).toBe(layers!.replaceAll('-', ', '));
  const again = await trained(table, {
    search: { trials: 6 },
    epochs: 9,
  });
  expect(again.evaluation).toEqual(evaluation);
  expect(Number(said['learning rate']!.value.split(',')[0])).toBeCloseTo(Number(rate), 3);
});

test('a search of texts tries the settings that are left open', async () => {
  const words = { refund: ['money', 'refund', 'paid'], card: ['card', 'pin', 'chip'] };
  const texts = (seed: number, count: number) => {
    const chance = random(seed);
    const pick = (from: readonly string[]) => from[Math.floor(chance.uniform() * from.length)]!;
    return Array.from({ length: count }, (_, i) => {
      const label = i % 2 === 0 ? 'refund' : 'card';
      const text = [pick(words[label]), pick(['please', 'now', 'again']), pick(words[label]), seed, i].join(
        ' ',
      );
      return JSON.stringify({ text, label });
    }).join('\n');
  };
  const { search, page } = await trained(texts, { search: { trials: 2 }, epochs: 3, batchSize: 16 });
  expect(search!.trials.map(({ epochs }) => epochs)).toEqual([1, 1]);
  for (const { settings } of search!.trials) expect(settings).toMatch(/^full, learning rate /);
  expect(page).toContain('2 settings in');
});

test('a search of images tries rates of the network that they get', async () => {
  const stripes = (seed: number, count: number) => {
    const chance = random(seed);
    return Array.from({ length: count }, (_, i) => {
      const label = i % 2 === 0 ? 'rows' : 'columns';
      const pixel = (y: number, x: number) =>
        Math.round(((label === 'rows' ? y : x) % 2) * 200 + 55 * chance.uniform());
      const image = Array.from({ length: 8 }, (__, y) => Array.from({ length: 8 }, (___, x) => pixel(y, x)));
      return JSON.stringify({ image, label });
    }).join('\n');
  };
  const { search } = await trained(stripes, { search: { trials: 2 }, epochs: 3, batchSize: 16 });
  expect(search!.trials).toHaveLength(2);
  for (const { settings, loss } of search!.trials) {
    expect(settings).toMatch(/^full, learning rate /);
    expect(loss).toBeGreaterThan(0);
  }
});
