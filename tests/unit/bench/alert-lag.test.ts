import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../domain/policy/regret-policy.ts';
import { alertLags, trueCrossings } from '../../bench/loop/alert-lag.ts';

const policy = { ...defaultPolicy, price: 5, slack: 0, referenceRows: 10 };

test('regret reaches the price at the row where the errors beyond the reference add up to it', () => {
  // No error in the reference rows 0-9; from row 20 on every row is an error: 5 errors by row 24.
  const crossings = trueCrossings([{ version: 'v1', fromRow: 0 }], 40, (_, row) => row >= 20, policy);
  expect(crossings).toEqual([{ version: 'v1', row: 24 }]);
});

test('each champion is held against its own reference, and its successor begins anew', () => {
  const isWrong = (version: string, row: number) => (version === 'v1' ? row >= 20 : row >= 60);
  const reigns = [
    { version: 'v1', fromRow: 0 },
    { version: 'v2', fromRow: 30 },
    { version: 'v1', fromRow: 70 },
  ];
  expect(trueCrossings(reigns, 80, isWrong, policy)).toEqual([
    { version: 'v1', row: 24 },
    { version: 'v2', row: 64 },
    // Back again, with the reference that it had: no new rows are spent on finding one.
    { version: 'v1', row: 74 },
  ]);
});

test('the lag of an alert counts from the latest crossing of its champion before it', () => {
  const crossings = [
    { version: 'v1', row: 24 },
    { version: 'v1', row: 90 },
    { version: 'v2', row: 120 },
  ];
  expect(
    alertLags(
      [
        { version: 'v1', row: 100 },
        { version: 'v2', row: 110 },
      ],
      crossings,
    ),
  ).toEqual([
    { version: 'v1', crossedAtRow: 90, firedAtRow: 100, lagRows: 10 },
    { version: 'v2', crossedAtRow: null, firedAtRow: 110, lagRows: null },
  ]);
});
