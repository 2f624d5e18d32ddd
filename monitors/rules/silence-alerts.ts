import { maxOf } from './absolute-counters.ts';
import { alertRule, onVersion, recorded, valueWith, type AlertLevel } from './alert-rule.ts';
import { promDuration, type AlertRule, type RuleScope } from './rule.ts';

const champion = 'champion {{ $labels.version }} of {{ $labels.model }}';

/** Prometheus has no metrics of a model at all for `noDataMs`. */
export const noDataAlert = (scope: RuleScope, noDataMs: number): AlertRule =>
  alertRule(scope, {
    alert: 'DriftloopNoData',
    kind: 'silence',
    level: 'detected',
    expr: `absent(${recorded('trainingPrice', scope)})`,
    forMs: noDataMs,
    metric: 'series',
    sentence: `Prometheus reads no metrics of ${scope.model}: nothing is known about it, neither good nor bad. See that "driftloop monitor" runs and is scraped.`,
    value: '0',
    bound: 1,
  });

/**
 * No label became known in a whole window that the champion was there for; fewer than the quality watch needs are
 * suspected.
 */
export function noFeedbackAlerts(
  scope: RuleScope,
  { windowMs, minRows }: { windowMs: number; minRows: number },
): AlertRule[] {
  const window = promDuration(windowMs);
  const rows = recorded('championLabelledRows', scope, window);
  const wasThere = `${onVersion} ${maxOf('championInfo', scope)} offset ${window}`;
  const fewerThan = (bound: number, level: AlertLevel) =>
    alertRule(scope, {
      alert: 'DriftloopNoFeedback',
      kind: 'silence',
      level,
      expr: `${rows} < ${bound} and ${wasThere}`,
      forMs: 0,
      metric: 'labelled-rows',
      window,
      sentence:
        bound === 1
          ? `No label became known for ${champion} in the last ${window}: its quality is unknown, neither good nor bad.`
          : `${valueWith(0)} labels became known for ${champion} in the last ${window}; with fewer than ${bound} its quality is unknown, neither good nor bad.`,
      value: valueWith(0),
      bound,
    });
  return [fewerThan(1, 'detected'), ...(minRows > 1 ? [fewerThan(minRows, 'suspected')] : [])];
}
