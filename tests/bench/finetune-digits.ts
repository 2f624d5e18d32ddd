/** What a network for images gains and what it keeps when it learns digits that are turned by a quarter; three seeds. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { learnTurnedDigits } from './finetune/digits.ts';
import type { BenchResults } from './result.ts';

const SEEDS = [1, 2, 3];

export async function run(): Promise<BenchResults> {
  const results: Record<string, unknown> = {};
  for (const seed of SEEDS) {
    const folder = mkdtempSync(path.join(tmpdir(), 'driftloop-digits-'));
    try {
      results[`seed ${seed}`] = await learnTurnedDigits(folder, { seed });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { results, options: { seeds: SEEDS, turnedBy: '90°', testRows: 397 } };
}
