import { expect, test } from 'vitest';
import { defaultPolicy } from '../../../domain/policy/regret-policy.ts';
import { observe, observeAll, referenceOf, restore, start, type Regret } from '../../../monitors/regret.ts';

const everyTenth = (n: number) => Array.from({ length: n }, (_, i) => i % 10 === 0);
const options = { slack: 0.02, referenceRows: 300 };

test('the first 300 rows give the reference and no regret', () => {
  const before = observeAll(start(), everyTenth(299), options);
  expect(before).toMatchObject({ rows: 299, errors: 30, reference: null, regret: 0 });
  expect(observe(before, false, options)).toMatchObject({ rows: 300, reference: 0.1, regret: 0 });
});

test('the reference is the mean of its own and its predecessor’s', () => {
  expect(observeAll(start(0.2), everyTenth(300), options).reference).toBeCloseTo(0.15, 12);
});

test('regret is the errors above reference and slack, and never below nothing', () => {
  let s: Regret = restore(0.1);
  s = observe(s, true, options);
  expect(s.regret).toBeCloseTo(1 - 0.12, 12);
  s = observe(s, false, options);
  expect(s.regret).toBeCloseTo(0.88 - 0.12, 12);
  s = observeAll(s, Array<boolean>(50).fill(false), options);
  expect(s.regret).toBe(0);
});

test('a model that errs on everything has used up the price of a training after 57 rows', () => {
  let s: Regret = restore(0.1);
  let rows = 0;
  while (s.regret < defaultPolicy.price) {
    s = observe(s, true);
    rows += 1;
  }
  expect(rows).toBe(57); // 50 / (1 − .12)
});

test('a version that comes back has its own reference and no history', () => {
  const s = restore(0.14);
  expect(s).toMatchObject({ rows: 0, errors: 0, reference: 0.14, regret: 0 });
  expect(referenceOf(s)).toBe(0.14);
});

test('a version that comes back before it ever had a reference measures one', () => {
  expect(observeAll(restore(null), everyTenth(300), options).reference).toBeCloseTo(0.1, 12);
});

test('until its own is known, the predecessor’s reference is in force', () => {
  expect(referenceOf(start(0.2))).toBe(0.2);
  expect(referenceOf(start())).toBeNull();
});
