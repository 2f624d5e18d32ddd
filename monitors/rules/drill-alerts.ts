import { milliseconds } from '../../domain/duration.ts';
import type { RolloutConfig } from '../../domain/rollout-config.ts';
import { metricTable } from '../metrics/metric-table.ts';
import { recordMax } from './absolute-counters.ts';
import { alertRule, valueWith } from './alert-rule.ts';
import { selector, type AlertRule, type RuleScope } from './rule.ts';

/** A drill that is late is waited for; it is started again by itself. */
const LATE_FOR_MS = 3_600_000;

/** The way back of a model that is drilled on schedule is closed, takes too long, or was not found open for too long. */
export function drillAlerts(
  scope: RuleScope,
  { within, overdueAfter }: NonNullable<RolloutConfig['drill']>,
): AlertRule[] {
  const { model } = scope;
  const withinSeconds = milliseconds(within) / 1_000;
  const overdueSeconds = milliseconds(overdueAfter) / 1_000;
  const open = `(${recordMax('drillOpen', scope).expr})`;
  const seconds = `(${recordMax('drillSeconds', scope).expr})`;
  const openTime = `(${recordMax('drillOpenTime', scope).expr})`;
  const never = `absent(${metricTable.drillOpenTime.name}${selector(scope)})`;
  const common = { kind: 'rollback', forMs: 0, value: valueWith(1) } as const;
  return [
    alertRule(scope, {
      ...common,
      alert: 'DriftloopWayBackClosed',
      level: 'detected',
      expr: `${open} == 0`,
      sentence: `The way back of ${model} was closed when it was last tried; the audit log says why. Mend it before it is needed.`,
      bound: 1,
    }),
    alertRule(scope, {
      ...common,
      alert: 'DriftloopWayBackSlow',
      level: 'detected',
      expr: `${seconds} > ${withinSeconds}`,
      sentence: `The way back of ${model} took ${valueWith(1)} s until the earlier version could take over; ${withinSeconds} s are promised.`,
      bound: withinSeconds,
    }),
    alertRule(scope, {
      ...common,
      alert: 'DriftloopDrillOverdue',
      level: 'detected',
      expr: `time() - ${openTime} > ${overdueSeconds}`,
      forMs: LATE_FOR_MS,
      sentence: `The way back of ${model} was last found open ${valueWith(0)} s ago; it should be every ${overdueSeconds} s. See that a worker runs.`,
      bound: overdueSeconds,
    }),
    alertRule(scope, {
      ...common,
      alert: 'DriftloopDrillOverdue',
      level: 'suspected',
      expr: never,
      forMs: milliseconds(overdueAfter),
      sentence: `The way back of ${model} was never found open, although it should have been tried by now. See that a worker runs.`,
      value: '0',
      bound: overdueSeconds,
    }),
  ];
}
