import { milliseconds, windowWords } from '../../domain/duration.ts';
import { stretchLabels, stretchOf, type AsHappened } from '../as-happened.ts';
import { maxOf, recordMax } from './absolute-counters.ts';
import { alertRule, onVersion, recorded, valueWith, type AlertLevel } from './alert-rule.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import type { AlertRule, RecordingRule, RuleScope } from './rule.ts';

const gauges = ['happenedPredictions', 'happenedLabelled', 'happenedCorrect'] as const;

/** Accuracy as happened and its label coverage, of every stretch that is exported. */
export function happenedRules(scope: RuleScope): RecordingRule[] {
  const [asked, labelled, correct] = gauges.map((metric) => maxOf(metric, scope));
  const record = (key: RecordedKey, expr: string): RecordingRule => ({
    record: recordedTable[key].name,
    expr,
  });
  return [
    ...gauges.map((metric) => recordMax(metric, scope)),
    record('happenedLabelled', labelled!),
    record('happenedCoverage', `${labelled} / (${asked} > 0)`),
    record('happenedAccuracy', `${correct} / (${labelled} > 0)`),
  ];
}

/**
 * The accuracy of what the champion answered in a stretch is below its bound: suspected at once, detected when it stays
 * there. With fewer labels than are asked for it is neither: that is silence, and said as such.
 */
export function happenedAlerts(scope: RuleScope, watch: AsHappened): AlertRule[] {
  const stretch = stretchOf(watch);
  const labels = stretchLabels(stretch);
  const of = (key: RecordedKey) => recorded(key, scope, labels.window, { lag: labels.lag });
  const champion = `${onVersion} ${maxOf('championInfo', scope)}`;
  const words =
    `the last ${windowWords(stretch.windowMs)}` +
    (stretch.lagMs === 0 ? '' : ` before ${windowWords(stretch.lagMs).replace(/^(?!\d)/, 'a ')} ago`);
  const { atLeast, coverage, minRows } = watch;
  const enough =
    `${onVersion} ${of('happenedCoverage')} >= ${coverage} and ` +
    `${onVersion} ${of('happenedLabelled')} >= ${minRows} and ${champion}`;
  const worse = (level: AlertLevel) =>
    alertRule(scope, {
      alert: 'DriftloopQualityAsHappened',
      kind: 'quality',
      level,
      expr: `${of('happenedAccuracy')} < ${atLeast} and ${enough}`,
      forMs: level === 'detected' ? milliseconds(watch.for) : 0,
      metric: watch.metric,
      window: labels.window,
      sentence: `Of what champion {{ $labels.version }} of {{ $labels.model }} predicted in ${words} ${valueWith(3)} was right; at least ${atLeast} is asked for.`,
      value: valueWith(6),
      bound: atLeast,
    });
  return [worse('detected'), worse('suspected')];
}

/** The champion answered in a stretch, and too few labels are known to say how well. */
export function coverageAlert(scope: RuleScope, watch: AsHappened): AlertRule {
  const labels = stretchLabels(stretchOf(watch));
  const coverage = recorded('happenedCoverage', scope, labels.window, { lag: labels.lag });
  const asked = `${maxOf('happenedPredictions', scope, labels)} >= ${watch.minRows}`;
  return alertRule(scope, {
    alert: 'DriftloopCoverageLow',
    kind: 'silence',
    level: 'suspected',
    expr: `${coverage} < ${watch.coverage} and ${onVersion} ${asked} and ${onVersion} ${maxOf('championInfo', scope)}`,
    forMs: milliseconds(watch.for),
    metric: 'coverage',
    window: labels.window,
    sentence: `Labels are known for ${valueWith(3)} of what champion {{ $labels.version }} of {{ $labels.model }} predicted; with less than ${watch.coverage} its accuracy as happened is unknown, neither good nor bad. Where labels take longer, let the window end longer ago (lag).`,
    value: valueWith(6),
    bound: watch.coverage,
  });
}
