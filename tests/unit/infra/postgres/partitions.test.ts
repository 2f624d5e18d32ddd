import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketOf, bucketOfTime } from '../../../../infra/postgres/partitions.ts';

test('a bucket is the Monday of the week, in UTC', () => {
  expect(bucketOfTime(Date.parse('2026-03-02T00:00:00.000Z'))).toBe('2026-03-02');
  expect(bucketOfTime(Date.parse('2026-03-08T23:59:59.999Z'))).toBe('2026-03-02');
  expect(bucketOfTime(Date.parse('2026-03-09T00:00:00.000Z'))).toBe('2026-03-09');
  expect(bucketOfTime(0)).toBe('1969-12-29');
});

test('every moment lies in the week that its bucket begins', () => {
  const moment = fc.integer({ min: 0, max: Date.parse('2200-01-01') });
  fc.assert(
    fc.property(moment, (ms) => {
      const monday = Date.parse(bucketOfTime(ms));
      expect(new Date(monday).getUTCDay()).toBe(1);
      expect(ms - monday).toBeGreaterThanOrEqual(0);
      expect(ms - monday).toBeLessThan(7 * 86_400_000);
    }),
  );
});

test('from a prediction id alone one finds its bucket', () => {
  expect(bucketOf('019caf14-3000-7000-8000-000000000000')).toBe(bucketOfTime(0x019caf143000));
});
