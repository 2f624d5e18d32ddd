import { expect, test } from 'vitest';
import type { BudgetWatch } from '../../../../domain/drift-config.ts';
import type { WatchedStream } from '../../../../domain/ingest-ports.ts';
import { observeBudget, startBudget, standingOf } from '../../../../monitors/drift-budget/drift-budget.ts';
import type { BudgetRow, DriftBudget } from '../../../../monitors/drift-budget/drift-budget.ts';
import { rankBound } from '../../../../monitors/drift-budget/rank-bound.ts';
import { watchBudget } from '../../../../monitors/drift-budget/watch-budget.ts';
import { driftFree, driftFreeKinds } from '../../../support/drift-free.ts';
import { randomShares } from '../../../support/random-shares.ts';

const monthMs = 30 * 86_400_000;
const options = { falseAlarmsPerMonth: 1, monthMs };

/** So many months of a champion, in steps of the fold; alarms are counted apart while the budget is not verified. */
function run(
  next: () => Omit<BudgetRow, 'atMs'>,
  rowsPerMonth: number,
  months: number,
  start = startBudget(),
) {
  let state: DriftBudget = start;
  const [kept, young] = [
    { alarms: 0, months: 0 },
    { alarms: 0, months: 0 },
  ];
  const step = Math.ceil(rowsPerMonth / 40);
  for (let at = 0; at < rowsPerMonth * months; at += step) {
    const rows = Array.from({ length: step }, (_, i) => ({
      ...next(),
      atMs: ((at + i) * monthMs) / rowsPerMonth,
    }));
    const of = standingOf(state, options).isVerified ? kept : young;
    const seen = observeBudget(state, rows, options);
    of.alarms += seen.alarms.length;
    of.months += step / rowsPerMonth;
    state = seen.state;
  }
  return { state, kept, young };
}

test.each(driftFreeKinds)(
  '%s: one false alarm a month is what comes, within a fifth, in 400 months of one stream',
  (kind) => {
    const { kept } = run(driftFree(kind, 3), 800, 402);
    expect(kept.months).toBeGreaterThan(400);
    expect(kept.alarms / kept.months).toBeGreaterThan(0.8);
    expect(kept.alarms / kept.months).toBeLessThan(1.2);
  },
);

test('over many champions, each with little more history than it takes, the rate is the same; before that it is below', () => {
  const runs = Array.from({ length: 120 }, (_, seed) => run(driftFree('in runs', 100 + seed), 1_000, 4.6));
  const rate = (of: 'kept' | 'young') =>
    runs.reduce((sum, r) => sum + r[of].alarms, 0) / runs.reduce((sum, r) => sum + r[of].months, 0);
  expect(rate('kept')).toBeGreaterThan(0.8);
  expect(rate('kept')).toBeLessThan(1.2);
  expect(rate('young')).toBeLessThan(0.8);
});

test('it says what has changed, and soon; what lasts becomes normal', () => {
  const random = randomShares(5);
  const { state } = run(driftFree('independent', 4), 10_000, 3);
  const from = 3 * monthMs;
  const rows = (wrong: number, a: number): BudgetRow[] =>
    Array.from({ length: 30_000 }, (_, i) => ({
      isWrong: random() < wrong,
      answer: random() < a ? 'A' : 'B',
      atMs: from + (i * monthMs) / 10_000,
    }));
  const worse = observeBudget(state, rows(0.2, 0.3), options).alarms;
  expect(worse[0]).toMatchObject({ answer: null });
  expect(worse[0]!.row).toBeLessThan(300);
  expect(worse.filter(({ row }) => row >= 20_000).length).toBeLessThan(4);
  const other = observeBudget(state, rows(0.1, 0.6), options).alarms;
  expect(other[0]).toMatchObject({ answer: 'A' });
  expect(other[0]!.row).toBeLessThan(300);
});

test('the state is plain JSON of bounded size; steps of any size and a takeover answer the same', () => {
  const next = driftFree('ten labels', 6);
  const rows = Array.from({ length: 20_000 }, (_, i) => ({ ...next(), atMs: (i * monthMs) / 1_000 }));
  const whole = observeBudget(startBudget(), rows, options);
  let state = startBudget();
  const alarms = [];
  let largest = 0;
  for (let at = 0; at < rows.length; at += 137) {
    const before = JSON.stringify(state);
    const step = observeBudget(state, rows.slice(at, at + 137), options);
    expect(JSON.stringify(state)).toBe(before);
    state = JSON.parse(JSON.stringify(step.state)) as DriftBudget;
    largest = Math.max(largest, JSON.stringify(state).length);
    alarms.push(...step.alarms.map(({ row, answer }) => ({ row: at + row, answer })));
  }
  expect(alarms).toEqual(whole.alarms);
  expect(state).toEqual(whole.state);
  expect(largest).toBeLessThan(20_000);
});

test('with too little history it says so; with another budget it begins afresh', () => {
  const watch: BudgetWatch = {
    kind: 'drift',
    falseAlarmsPerMonth: 1,
    month: '30d',
    psiAtLeast: 0.25,
    window: '1d',
    for: '10m',
    minRows: 200,
  };
  const next = driftFree('independent', 7);
  let atMs = 0;
  const rows = (months: number): BudgetRow[] =>
    Array.from({ length: 5_000 * months }, () => ({ ...next(), atMs: (atMs += monthMs / 5_000) }));
  const see = (months: number, before?: WatchedStream, change: Partial<BudgetWatch> = {}) =>
    watchBudget('v1', { ...watch, ...change }, before, rows(months)).stream;
  const young = see(0.05);
  expect(young).toMatchObject({ level: 'unknown', budget: { isVerified: false, monthsNeeded: 1 } });
  const half = see(0.5, young);
  expect(half).toMatchObject({ level: 'steady', rows: 2_750, budget: { isVerified: false } });
  const whole = see(1, half);
  expect(whole.budget).toMatchObject({ falseAlarmsPerMonth: 1, isVerified: true });
  expect(see(0.5, whole, { falseAlarmsPerMonth: 0.5 })).toMatchObject({ rows: 2_500 });
});

test('a bound is a rank: of n equally likely orders it is passed in the share asked for', () => {
  expect(rankBound([1, 2, 3], 0.2)).toBe(null);
  expect(rankBound([4, 1, 3, 2], 0.2)).toBe(4);
  expect(rankBound([4, 1, 3, 2, 9, 8, 7, 6, 5], 0.2)).toBe(8);
  // Of ten earlier ones the newest nine are taken: with ten no rank has the share.
  expect(rankBound([99, 4, 1, 3, 2, 9, 8, 7, 6, 5], 0.2)).toBe(8);
});
