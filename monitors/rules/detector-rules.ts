import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { DetectorWatch } from '../../domain/detector-config.ts';
import type { BudgetWatch } from '../../domain/drift-config.ts';
import { BUDGET_MONITOR } from '../drift-budget/watch-budget.ts';
import { maxOf, recordMax, recordSince, risen } from './absolute-counters.ts';
import { alertRule, recorded, valueWith } from './alert-rule.ts';
import { recordedTable } from './recorded-table.ts';
import { promDuration, type AlertRule, type RecordingRule, type RuleScope } from './rule.ts';

/** How many drifts each detector of a model has found in its window. */
export const detectorRules = (
  scope: RuleScope,
  watches: readonly Pick<DetectorWatch, 'window'>[],
): RecordingRule[] =>
  watches.length === 0
    ? []
    : [
        recordMax('detectorDrifts', scope),
        recordSince('detectorDrifts', scope),
        recordMax('detectorSuspects', scope),
        ...[...new Set(watches.map(({ window }) => milliseconds(window)))].map((windowMs) => ({
          record: recordedTable.detectorDrifts.name,
          expr: risen('detectorDrifts', scope, windowMs),
          labels: { window: promDuration(windowMs) },
        })),
      ];

/** A detector has found a drift in its window, or suspects one now. */
export function detectorAlerts(scope: RuleScope, { method, window }: DetectorWatch): AlertRule[] {
  const windowMs = milliseconds(window);
  const common = { alert: 'DriftloopDetector', kind: 'drift', metric: method, forMs: 0, bound: 1 } as const;
  const errors = 'the error rate of champion {{ $labels.version }} of {{ $labels.model }}';
  return [
    alertRule(scope, {
      ...common,
      level: 'detected',
      expr: `${recorded('detectorDrifts', scope, promDuration(windowMs), { detector: method })} > 0`,
      window: promDuration(windowMs),
      sentence: `The detector ${method} has found ${valueWith(0)} times in the last ${windowWords(windowMs)} that ${errors} has changed.`,
      value: valueWith(0),
    }),
    alertRule(scope, {
      ...common,
      level: 'suspected',
      expr: `${maxOf('detectorSuspects', scope, { detector: method })} > 0`,
      sentence: `The detector ${method} suspects that ${errors} has changed.`,
      value: valueWith(0),
    }),
  ];
}

/** The monitor that keeps a budget of false alarms has found a drift in its window. */
export function budgetAlert(scope: RuleScope, { window, falseAlarmsPerMonth }: BudgetWatch): AlertRule {
  const windowMs = milliseconds(window);
  const found = recorded('detectorDrifts', scope, promDuration(windowMs), { detector: BUDGET_MONITOR });
  return alertRule(scope, {
    alert: 'DriftloopDrift',
    kind: 'drift',
    level: 'detected',
    expr: `${found} > 0`,
    forMs: 0,
    metric: BUDGET_MONITOR,
    window: promDuration(windowMs),
    sentence: `Champion {{ $labels.version }} of {{ $labels.model }} makes more errors or answers otherwise than it did, found ${valueWith(0)} times in the last ${windowWords(windowMs)}; without a change that comes ${falseAlarmsPerMonth} times a month.`,
    value: valueWith(0),
    bound: 1,
  });
}
