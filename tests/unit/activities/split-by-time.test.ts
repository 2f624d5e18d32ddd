import { assert, double, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { splitByTime } from '../../../activities/cut-snapshot.ts';
import type { Example } from '../../../domain/examples.ts';

const rows = (n: number) => Array.from({ length: n }, (_, i) => ({ seq: i + 1 }) as Example);

test('every row is in one part, and all that validates is newer than all that trains', () => {
  assert(
    property(nat(400), double({ min: 0.01, max: 0.99, noNaN: true }), (n, share) => {
      const { train, validation } = splitByTime(rows(n), share);
      expect([...train, ...validation]).toEqual(rows(n));
      if (n >= 2) expect(validation.length).toBeGreaterThan(0);
    }),
  );
});

test('the share is that of the newest rows', () => {
  expect(splitByTime(rows(200), 0.15).validation.map(({ seq }) => seq)[0]).toBe(171);
});
