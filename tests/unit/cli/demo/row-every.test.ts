import { expect, test } from 'vitest';
import { rowEveryMs } from '../../../../cli/demo/streams/row-every.ts';

test('the distance of rows is the median step of their times, gaps and repetitions aside', () => {
  expect(
    rowEveryMs(['2024-01-01T00:00:00Z', '2024-01-01T00:30:00Z', '2024-01-01T01:00:00Z', '2024-02-01']),
  ).toBe(1_800_000);
  expect(rowEveryMs(['1700000000', '1700000000', '1700000060', '1700000120'])).toBe(60_000);
  expect(rowEveryMs(['1700000000000', '1700000005000'])).toBe(5_000);
});

test('times that say nothing give no distance', () => {
  expect(rowEveryMs([])).toBeNull();
  expect(rowEveryMs(['monday', 'tuesday'])).toBeNull();
  expect(rowEveryMs(['2024-01-01', '2024-01-01'])).toBeNull();
});
