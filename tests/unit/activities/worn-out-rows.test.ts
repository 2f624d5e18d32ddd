import { expect, test } from 'vitest';
import { judgedOn, splitWornOut } from '../../../activities/worn-out-rows.ts';
import type { LookedAt } from '../../../domain/ports.ts';
import { usesOf } from '../../../training/gate/holdout-budget.ts';

/** By the formula: 2,000 rows may judge five challengers, 1,400 one. */
const gate = { effect: 0.03, alpha: 0.05 };
const rows = (count: number, entities = count) =>
  Array.from({ length: count }, (_, i) => ({
    predictionId: `p${i}`,
    seq: i + 1,
    ...(entities < count ? { entity: `e${i % entities}` } : {}),
  }));
/** So many challengers that were looked at from here to there. */
const judged = (challengers: number, fromSeq: number, toSeq: number, name = 'v'): LookedAt[] =>
  Array.from({ length: challengers }, (_, i) => ({ challenger: `${name}${i}`, fromSeq, toSeq }));
const fitOf = (count: number, ledger: readonly LookedAt[], entities = count) => {
  const { fit, wornOut } = splitWornOut(rows(count, entities), ledger, gate);
  expect(fit.length + wornOut.length).toBe(count);
  return fit.map(({ seq }) => seq);
};

test('a set judges as many challengers as its number of rows allows, and then nobody', () => {
  expect(usesOf(2_000, gate)).toBe(5);
  expect(fitOf(2_000, judged(4, 1, 2_000))).toHaveLength(2_000);
  expect(fitOf(2_000, judged(5, 1, 2_000))).toEqual([]);
  expect(fitOf(40, [])).toHaveLength(40);
  expect(fitOf(40, judged(1, 1, 40))).toEqual([]);
});

test('what has judged most is given up first, and newer rows judge on', () => {
  const ledger = [...judged(4, 1, 300, 'old'), ...judged(1, 200, 900, 'new')];
  expect(fitOf(2_000, ledger)).toEqual(
    rows(2_000)
      .slice(300)
      .map(({ seq }) => seq),
  );
  // Rows that have judged nobody may judge, however few.
  expect(fitOf(905, ledger)).toEqual([901, 902, 903, 904, 905]);
});

test('rows of one entity are one', () => {
  expect(fitOf(2_000, judged(1, 1, 2_000))).toHaveLength(2_000);
  expect(fitOf(2_000, judged(1, 1, 2_000), 50)).toEqual([]);
});

test('a look counts where it was at one of the rows, and not between them', () => {
  const ledger = [...judged(1, 3, 3, 'at'), ...judged(1, 4, 6, 'between')];
  expect(judgedOn(ledger, [{ seq: 3 }, { seq: 7 }]).map(({ challenger }) => challenger)).toEqual(['at0']);
});
