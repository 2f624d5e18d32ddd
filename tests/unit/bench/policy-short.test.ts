import { expect, test } from 'vitest';
import { comparePolicies } from '../../bench/policy/compare.ts';
import { readTable } from '../../bench/policy/table.ts';
import { needsShared, shared } from '../../support/shared-data.ts';

const file = 'data/synthetic_mixed_0101_gradual.csv';

/** The short form of `npm run bench -- policy`: one gradual change, one seed, the product’s trainer. */
test.skipIf(needsShared(file).skip)(
  'on a stretch of Mixed the regret policy costs less than never and than a schedule',
  async () => {
    const whole = await readTable(shared(file), { label: 'y' });
    const stretch = { from: 6_000, to: 15_500 }; // the change is centred at 9,500
    const table = {
      ...whole,
      rows: whole.rows.slice(stretch.from, stretch.to),
      labels: whole.labels.slice(stretch.from, stretch.to),
      codes: whole.codes.slice(stretch.from, stretch.to),
    };
    const { policy, never, schedule } = await comparePolicies(table, {
      trainer: 'javascript',
      seed: 1,
      delay: 0,
    });
    expect(policy.cost).toBeLessThan(0.9 * schedule.cost);
    expect(schedule.cost).toBeLessThan(never.cost);
    expect(policy.promotions).toBeGreaterThanOrEqual(1);
  },
);
