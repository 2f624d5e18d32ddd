import { expect, test } from 'vitest';
import { attackGain } from '../../bench/gate/attack.ts';
import { promotedOnOneSet, setsThatPromote } from '../../bench/gate/reuse.ts';

test('of a thousand equal challengers on one set no more are judged than its rows allow, and none is promoted', () => {
  const asked = { rows: 2_000, challengers: 1_000, seed: 21, hasLedger: true };
  expect(promotedOnOneSet(asked)).toEqual({ promoted: 0, judged: 5 });
}, 60_000);

test('sets that are asked again and again promote somebody, and with the ledger hardly ever', () => {
  const asked = { rows: 500, challengers: 100, seed: 1 };
  expect(setsThatPromote(12, { ...asked, hasLedger: false })).toBeGreaterThan(0.1);
  expect(setsThatPromote(12, { ...asked, hasLedger: true })).toBeLessThanOrEqual(0.05);
}, 60_000);

test('guessing labels gains much where no ledger is kept, and at most three points where it is', () => {
  const { ledger, without } = attackGain([1]);
  expect(without).toBeGreaterThan(0.05);
  expect(ledger).toBeLessThanOrEqual(0.03);
}, 60_000);
