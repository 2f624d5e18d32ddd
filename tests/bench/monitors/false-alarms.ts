import { observeBudget, standingOf, startBudget } from '../../../monitors/drift-budget/drift-budget.ts';
import type { BudgetRow } from '../../../monitors/drift-budget/drift-budget.ts';
import { driftFree, driftFreeKinds } from '../../support/drift-free.ts';
import type { DriftFreeKind } from '../../support/drift-free.ts';

/** Of all cases with one false alarm a month together, and each case. */
export type FalseAlarms = Readonly<{ budget: number; realized: number; cases: readonly FalseAlarmCase[] }>;

type FalseAlarmCase = Readonly<{
  stream: DriftFreeKind;
  rowsPerMonth: number;
  /** False alarms a month. */
  budget: number;
  realized: number;
  alarms: number;
  /** Months after the budget was verified. */
  months: number;
}>;

const monthMs = 30 * 86_400_000;
const STEP = 1_000;
const ROWS = [10_000, 100_000, 1_000_000];
/** Every stream of the smallest months; of the larger ones those in which neighbours are alike, or labels are many. */
const cases = [
  ...ROWS.flatMap((rowsPerMonth) =>
    driftFreeKinds
      .filter(
        (kind) =>
          rowsPerMonth === 10_000 ||
          kind === 'in runs' ||
          (kind === 'ten labels' && rowsPerMonth === 100_000),
      )
      .map((stream) => ({ stream, rowsPerMonth, budget: 1 })),
  ),
  ...[0.25, 4].map((budget) => ({ stream: 'in runs' as const, rowsPerMonth: 10_000, budget })),
];

/** How often the budget monitor alarms while nothing changes, in so many months after it has history enough. */
export function falseAlarms(months: number, say: (line: string) => void): FalseAlarms {
  const counted = cases.map((one, seed) => {
    const of = count(one, months, seed + 1);
    say(
      `${one.stream}, ${one.rowsPerMonth} rows a month, budget ${one.budget}: ${of.realized} a month in ${months}`,
    );
    return of;
  });
  const [budget, ofBudget] = [1, counted.filter((one) => one.budget === 1)];
  const sum = (key: 'alarms' | 'months') => ofBudget.reduce((total, one) => total + one[key], 0);
  return { budget, realized: Number((sum('alarms') / sum('months')).toFixed(3)), cases: counted };
}

function count(
  { stream, rowsPerMonth, budget }: Pick<FalseAlarmCase, 'stream' | 'rowsPerMonth' | 'budget'>,
  months: number,
  seed: number,
): FalseAlarmCase {
  const options = { falseAlarmsPerMonth: budget, monthMs };
  const next = driftFree(stream, seed);
  let [state, row, alarms, verifiedRows] = [startBudget(), 0, 0, 0];
  while (verifiedRows < months * rowsPerMonth) {
    const rows: BudgetRow[] = [];
    for (let i = 0; i < STEP; i += 1, row += 1) {
      const { isWrong, answer } = next();
      rows.push({ isWrong, answer, atMs: (row * monthMs) / rowsPerMonth });
    }
    const { isVerified } = standingOf(state, options);
    const seen = observeBudget(state, rows, options);
    state = seen.state;
    if (!isVerified) continue;
    alarms += seen.alarms.length;
    verifiedRows += STEP;
  }
  const realized = alarms / (verifiedRows / rowsPerMonth);
  return {
    stream,
    rowsPerMonth,
    budget,
    realized: Number(realized.toFixed(3)),
    alarms,
    months,
  };
}
