/**
 * What `driftloop finetune` makes of real data with its default settings, on the cores that are there. Long: the short
 * forms are tests/integration/finetune-forgetting.test.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { DriftloopError } from '../../domain/errors.ts';
import { run as runDigits } from './finetune-digits.ts';
import { benchTexts } from './finetune/texts.ts';
import type { BenchResults } from './result.ts';

export async function run(): Promise<BenchResults> {
  const shared = process.env['DRIFTLOOP_SHARED'];
  if (!shared)
    throw new DriftloopError('DL_OPTION_MISSING', 'DRIFTLOOP_SHARED does not name the folder of the data.', {
      fix: 'Set it to a folder with data/banking77_train.csv, data/banking77_test.csv and data/digits8x8.csv.',
    });
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-bench-'));
  try {
    const digits = await runDigits();
    return { results: { banking77: await benchTexts(shared, folder), digits: digits.results } };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
