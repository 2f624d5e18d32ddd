import { expect, test } from 'vitest';
import { isRefitDue, planRefit } from '../../../../monitors/policy/refit.ts';

test('a refit comes when the rows since onset have grown fourfold', () => {
  const refit = planRefit({ onsetSeq: 1_001, trainedAtSeq: 1_250 });
  expect(refit).toEqual({ onsetSeq: 1_001, atSeq: 2_000 });
  expect(isRefitDue(refit, 1_999)).toBe(false);
  expect(isRefitDue(refit, 2_000)).toBe(true);
});

test('beyond 8,000 rows there is no further refit', () => {
  expect(planRefit({ onsetSeq: 1, trainedAtSeq: 2_000 })).toEqual({ onsetSeq: 1, atSeq: 8_000 });
  expect(planRefit({ onsetSeq: 1, trainedAtSeq: 2_001 })).toBeNull();
});

test('no planned refit is never due', () => {
  expect(isRefitDue(null, 1e9)).toBe(false);
});
