import { expect, test } from 'vitest';
import { comparePolicies } from '../../bench/policy/compare.ts';
import { readTable } from '../../bench/policy/table.ts';
import { needsShared, shared } from '../../support/shared-data.ts';

const file = 'data/synthetic_mixed_0101_gradual.csv';

/** The short form of `npm run bench -- policy`: one stream, one seed, and the costs that the study of the policy has. */
test.skipIf(needsShared(file).skip)(
  'on Mixed the regret policy, never and a schedule cost what the study says, within 5 %',
  // It computes for seconds, and a busy machine has few of them.
  { timeout: 180_000 },
  async () => {
    const table = await readTable(shared(file), { label: 'y' });
    const costs = await comparePolicies(table, { trainer: 'javascript', seed: 1, delay: 0 });
    for (const [name, known] of [
      ['policy', 3_470],
      ['never', 20_356],
      ['schedule', 7_236],
    ] as const)
      expect(Math.abs(costs[name].cost / known - 1), `${name}: ${costs[name].cost}`).toBeLessThan(0.05);
  },
);
