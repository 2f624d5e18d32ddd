import { milliseconds } from '../../domain/duration.ts';
import type { BudgetWatch } from '../../domain/drift-config.ts';
import type { AlarmBudget, NewFinding, Standing, WatchedStream } from '../../domain/ingest-ports.ts';
import { observeBudget, startBudget, standingOf } from './drift-budget.ts';
import type { BudgetAlarm, BudgetRow, DriftBudget } from './drift-budget.ts';

/** The name under which it stands among the detectors. */
export const BUDGET_MONITOR = 'drift';

/** What the budget monitor makes of the next labelled rows of a champion. With another budget it begins afresh. */
export function watchBudget(
  version: string,
  { falseAlarmsPerMonth, month }: BudgetWatch,
  before: WatchedStream | undefined,
  rows: readonly BudgetRow[],
): { stream: WatchedStream; findings: NewFinding[] } {
  const params = { falseAlarmsPerMonth, month };
  const goesOn =
    before?.params['falseAlarmsPerMonth'] === falseAlarmsPerMonth && before.params['month'] === month;
  const seen = goesOn ? before : { state: startBudget(), rows: 0, drifts: 0 };
  const options = { falseAlarmsPerMonth, monthMs: milliseconds(month) };
  const { state, alarms } = observeBudget(seen.state as DriftBudget, rows, options);
  const budget = { falseAlarmsPerMonth, ...standingOf(state, options) };
  return {
    findings: alarms.map((alarm) => say(version, alarm, seen.rows + alarm.row + 1, budget)),
    stream: {
      params,
      state,
      rows: seen.rows + rows.length,
      drifts: seen.drifts + alarms.length,
      level: state.phase === 'reference' ? 'unknown' : state.hasAlarmed ? 'detected' : 'steady',
      budget,
    },
  };
}

const say = (version: string, { answer }: BudgetAlarm, row: number, budget: AlarmBudget): NewFinding => ({
  monitor: BUDGET_MONITOR,
  level: 'detected',
  value: row,
  sentence:
    `${BUDGET_MONITOR}: champion ${version} ` +
    (answer === null ? 'makes more errors' : `answers "${answer}" more often`) +
    ` than when it took over, found at its labelled row ${row}. ${sayBudget(budget)}`,
});

export type SaidAlarmBudget = AlarmBudget & Readonly<{ sentence: string }>;

/** How a model stands with its budget of false alarms; null where it has none, or no champion. */
export function alarmBudgetOf(standing: Pick<Standing, 'streams'> | undefined): SaidAlarmBudget | null {
  const budget = standing?.streams[BUDGET_MONITOR]?.budget;
  return budget === undefined ? null : { ...budget, sentence: sayBudget(budget) };
}

/** The budget in one sentence, and whether it is kept. */
function sayBudget({ falseAlarmsPerMonth, isVerified, months, monthsNeeded }: AlarmBudget): string {
  const budget = `${falseAlarmsPerMonth} false ${falseAlarmsPerMonth === 1 ? 'alarm' : 'alarms'} a month`;
  return isVerified
    ? `The budget of ${budget} is kept: the bound comes from ${inMonths(months)} of this champion's own rows.`
    : `The budget of ${budget} cannot be verified yet: there are ${inMonths(months)} of history, and it takes ${inMonths(monthsNeeded)}; until then the bound is cautious.`;
}

const inMonths = (months: number): string =>
  `${months.toLocaleString('en-US', { maximumFractionDigits: 1 })} ${months === 1 ? 'month' : 'months'}`;
