import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBanking } from '../bench/finetune/banking.ts';
import type { Banking, Line } from '../bench/finetune/banking.ts';
import { typeHere } from '../support/command-line.ts';
import { needsShared, shared } from '../support/shared-data.ts';

/** Short forms of what `npm run bench -- finetune` measures: fewer rows and epochs, and one base for all. */

const { skip } = needsShared('data/banking77_train.csv', 'data/banking77_test.csv');
describe.skipIf(skip)('a version that knows every third intent', () => {
  let folder: string;
  let banking: Banking;
  let base: Line;
  let [known, others]: string[][] = [];

  const finetune = async (...args: string[]): Promise<{ line: Line; said: string }> => {
    const { code, out, err } = await typeHere(folder, 'finetune', '--json', ...args);
    if (code !== 0) throw new Error(err);
    return { line: JSON.parse(out) as Line, said: err };
  };
  const files = (name: string, of: readonly string[], each: { train: number; test: number }) => [
    '--train',
    banking.write(`${name}-train`, 'train', of, each.train),
    '--test',
    banking.write(`${name}-test`, 'test', of, each.test),
  ];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'driftloop-banking-'));
    banking = openBanking(shared('.'), folder);
    [known, others] = [0, 1].map((from) => banking.intents.filter((_, i) => i % 3 === from));
    const rows = files('old', known!, { train: 50, test: 5 });
    base = (await finetune(...rows, '--epochs', '8', '--out', 'base')).line;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('learns few examples of others better than a beginner does', async () => {
    const few = files('few', others!.slice(0, 12), { train: 5, test: 25 });
    const scratch = await finetune(...few, '--out', 'scratch');
    const lora = await finetune(...few, '--base', 'base', '--method', 'lora', '--out', 'lora');
    expect(lora.line.accuracy).toBeGreaterThan(scratch.line.accuracy + 0.1);
  });

  test('forgets them for others unless old rows are given', async () => {
    expect(base.accuracy).toBeGreaterThan(0.8);
    expect(base.kept).toBeUndefined();
    const fresh = files('new', others!.slice(0, 6), { train: 40, test: 20 });
    const old = ['--keep', 'old-train.jsonl', '--golden', 'old-test.jsonl'];
    const from = [...fresh, '--base', 'base', '--method', 'full', '--epochs', '5', ...old];
    const naive = await finetune(...from, '--protection', 'none', '--out', 'naive');
    const kept = await finetune(...from, '--out', 'kept');
    expect(naive.line.kept!.accuracyBefore).toBeCloseTo(base.accuracy, 6);
    expect(naive.line.kept!.keptShare).toBeLessThan(0.6);
    expect(kept.line.kept!.keptShare).toBeGreaterThan(0.9);
    expect(kept.line.accuracy).toBeGreaterThan(0.9 * naive.line.accuracy);
    expect(kept.said).toMatch(/protection +50 % of the rows seen are old ones/);
    expect(kept.said).toContain('26 more labels are known from before');
    expect(await readFile(path.join(folder, 'kept/report.html'), 'utf8')).toContain('What it knew before');
  });

  test('is asked for where rows shall be kept', async () => {
    const rows = files('two', known!.slice(0, 2), { train: 30, test: 10 });
    await expect(finetune(...rows, '--keep', 'old-train.jsonl', '--out', 'v1')).rejects.toThrow(
      'DL_OPTION_MISSING',
    );
  });
});
