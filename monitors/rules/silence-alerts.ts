import { windowWords } from '../../domain/duration.ts';
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

/** A stretch of at least so many predictions says how many are usual. */
const USUAL_ROWS = 100;
/** Fewer than this share of what is usual is suspected. */
const FEW = 0.1;

/**
 * Nobody asked the champion anything in a whole window that it was there for; a tenth of what came in the window before
 * is suspected. Labels of earlier predictions may still come, so this is not silence of feedback.
 */
export function noTrafficAlerts(scope: RuleScope, windowMs: number): AlertRule[] {
  const window = promDuration(windowMs);
  const words = windowWords(windowMs);
  const asked = recorded('askedRows', scope, window);
  const before = `(${asked} offset ${window} >= ${USUAL_ROWS})`;
  const wasThere = `${onVersion} ${maxOf('championInfo', scope)} offset ${window}`;
  const isThere = `${onVersion} ${maxOf('championInfo', scope)}`;
  const common = {
    alert: 'DriftloopNoTraffic',
    kind: 'silence',
    forMs: 0,
    metric: 'predictions',
    window,
    value: valueWith(0),
    bound: 1,
  } as const;
  return [
    alertRule(scope, {
      ...common,
      level: 'detected',
      expr: `${asked} == 0 and ${wasThere} and ${isThere}`,
      sentence: `Nobody asked ${champion} anything in the last ${words}: nothing is known about it, neither good nor bad.`,
    }),
    alertRule(scope, {
      ...common,
      level: 'suspected',
      expr: `${asked} < ${FEW} * ${before} and ${isThere}`,
      sentence: `${valueWith(0)} predictions of ${champion} came in the last ${words}, fewer than a tenth of those in the one before.`,
    }),
  ];
}

/**
 * No label became known in a whole window that the champion was there for; fewer than the quality watch needs are
 * suspected.
 */
export function noFeedbackAlerts(
  scope: RuleScope,
  { windowMs, minRows }: { windowMs: number; minRows: number },
): AlertRule[] {
  const window = promDuration(windowMs);
  const words = windowWords(windowMs);
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
          ? `No label became known for ${champion} in the last ${words}: its quality is unknown, neither good nor bad.`
          : `${valueWith(0)} labels became known for ${champion} in the last ${words}; with fewer than ${bound} its quality is unknown, neither good nor bad.`,
      value: valueWith(0),
      bound,
    });
  return [fewerThan(1, 'detected'), ...(minRows > 1 ? [fewerThan(minRows, 'suspected')] : [])];
}
