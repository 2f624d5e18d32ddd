import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Short forms of what `npm run bench -- finetune` measures: a few intents, a few epochs. */

const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));
type Row = { text: string; category: string };
type Line = { accuracy: number; kept?: { accuracyBefore: number; accuracyAfter: number; keptShare: number } };

const rowsOf = (part: string) =>
  parse<Row>(readFileSync(shared(`data/banking77_${part}.csv`)), { columns: true });
const intents = (from: number, to: number) =>
  [...new Set(rowsOf('test').map(({ category }) => category))].sort().slice(from, to);

function write(folder: string, name: string, part: string, of: readonly string[], each = Infinity): void {
  const seen = new Map<string, number>();
  const rows = rowsOf(part).filter(({ category }) => {
    const n = (seen.get(category) ?? 0) + 1;
    seen.set(category, n);
    return of.includes(category) && n <= each;
  });
  const lines = rows.map(({ text, category: label }) => JSON.stringify({ text, label }));
  writeFileSync(path.join(folder, `${name}.jsonl`), lines.join('\n'));
}

const finetune = (cwd: string, ...args: string[]): Promise<{ line: Line; said: string }> =>
  new Promise((resolve, reject) => {
    const all = [launcher, 'finetune', '--json', ...args];
    execFile(process.execPath, all, { cwd, env: { ...process.env, NO_COLOR: '1' } }, (error, out, said) =>
      error === null ? resolve({ line: JSON.parse(out) as Line, said }) : reject(new Error(said)),
    );
  });

test(
  'a version that learns other intents forgets its own unless old rows are given',
  needsShared('data/banking77_train.csv', 'data/banking77_test.csv'),
  async () => {
    const folder = tempFolder();
    const [first, second] = [intents(0, 6), intents(6, 12)];
    write(folder, 'old-train', 'train', first, 60);
    write(folder, 'old-test', 'test', first);
    write(folder, 'new-train', 'train', second, 60);
    write(folder, 'new-test', 'test', second);

    const base = await finetune(
      folder,
      '--train',
      'old-train.jsonl',
      '--test',
      'old-test.jsonl',
      '--out',
      'v1',
    );
    expect(base.line.accuracy).toBeGreaterThan(0.85);
    expect(base.line.kept).toBeUndefined();

    const files = [
      '--train',
      'new-train.jsonl',
      '--test',
      'new-test.jsonl',
      '--base',
      'v1',
      '--method',
      'full',
    ];
    const old = ['--keep', 'old-train.jsonl', '--golden', 'old-test.jsonl'];
    const naive = await finetune(folder, ...files, ...old, '--protection', 'none', '--out', 'naive');
    const kept = await finetune(folder, ...files, ...old, '--out', 'kept');
    expect(naive.line.kept!.accuracyBefore).toBeCloseTo(base.line.accuracy, 6);
    expect(naive.line.kept!.keptShare).toBeLessThan(0.6);
    expect(kept.line.kept!.keptShare).toBeGreaterThan(0.9);
    expect(kept.line.accuracy).toBeGreaterThan(0.9 * naive.line.accuracy);
    expect(kept.said).toMatch(/protection +50 % of the rows seen are old ones/);
    expect(kept.said).toContain('6 more labels are known from before');
    expect(readFileSync(path.join(folder, 'kept/report.html'), 'utf8')).toContain('What it knew before');
  },
);

test(
  'rows to keep ask for a base, and another task is said to be one',
  needsShared('data/banking77_train.csv', 'data/banking77_test.csv'),
  async () => {
    const folder = tempFolder();
    write(folder, 'train', 'train', intents(0, 2), 30);
    write(folder, 'test', 'test', intents(0, 2), 10);
    const files = ['--train', 'train.jsonl', '--test', 'test.jsonl'];
    await expect(finetune(folder, ...files, '--keep', 'train.jsonl', '--out', 'v1')).rejects.toThrow(
      'DL_OPTION_MISSING',
    );
  },
);
