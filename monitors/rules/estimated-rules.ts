import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { Watch } from '../../domain/model-config.ts';
import { estimatedQualities, type EstimatedQuality } from '../../domain/performance-estimator.ts';
import { maxOf, recordMax, recordSince, risen } from './absolute-counters.ts';
import { alertRule, onVersion, recorded, valueWith } from './alert-rule.ts';
import { championMetrics } from './champion-metrics.ts';
import { confusionRules, type ConfusionSeries } from './confusion-rules.ts';
import type { RecordedKey } from './recorded-table.ts';
import { promDuration, type AlertRule, type RecordingRule, type RuleScope } from './rule.ts';
import { seriesIn } from './window-series.ts';

export type Estimated = Extract<Watch, { kind: 'estimated' }>;

const counters = ['estimatedOutcomes', 'estimateChecked'] as const;
const gauges = ['estimatorRows', 'estimatorSpread'] as const;

const expected: ConfusionSeries = {
  outcomes: 'estimatedOutcomes',
  rows: 'estimatedRows',
  correct: 'estimatedCorrect',
  support: 'estimatedSupport',
  predicted: 'estimatedPredicted',
  accuracy: 'estimatedAccuracy',
  macroPrecision: 'estimatedMacroPrecision',
  macroRecall: 'estimatedMacroRecall',
  macroF1: 'estimatedMacroF1',
};

/** How far chance may move an estimate, or a check of it. */
export const DEVIATIONS = 3;
/** With fewer labels nothing is said of whether an estimate can be trusted. */
export const LEAST_CHECKED = 30;

/** Performance without labels in each window: its metrics, how sure they are, and whether labels bear them out. */
export const estimatedRules = (scope: RuleScope, windows: readonly number[]): RecordingRule[] => [
  ...counters.flatMap((metric) => [recordMax(metric, scope), recordSince(metric, scope)]),
  ...gauges.map((metric) => recordMax(metric, scope)),
  ...windows.flatMap((windowMs) => inWindow(scope, windowMs)),
];

/** PromQL: of the estimated rows whose label became known in a window how many there are, were right, or expected to be. */
export const checkedRows = (
  scope: RuleScope,
  windowMs: number,
  what: 'rows' | 'right' | 'expected',
): string =>
  // The label that tells the three apart has to go before they are compared.
  `sum without (partition, what) (${risen('estimateChecked', scope, windowMs, { what })})`;

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const { of, record, rose } = seriesIn(scope, windowMs);
  const checked = (what: 'rows' | 'right' | 'expected') => checkedRows(scope, windowMs, what);
  const band = (metric: EstimatedQuality) =>
    `${DEVIATIONS} * sqrt(${spreadOf(metric)} / on (namespace, model, version) (${of('estimatedRows')} > 0))`;
  const spreadOf = (metric: EstimatedQuality) =>
    `sum without (metric) (${maxOf('estimatorSpread', scope, { metric })})`;
  return [
    record('estimatedOutcomes', rose('estimatedOutcomes')),
    ...confusionRules(expected, { of, record }),
    ...estimatedQualities.flatMap((metric) => {
      const estimate = of(expected[metric]);
      return [
        record('estimatedLow', `clamp_min(${estimate} - ${onVersion} ${band(metric)}, 0)`, { metric }),
        record('estimatedHigh', `clamp_max(${estimate} + ${onVersion} ${band(metric)}, 1)`, { metric }),
      ];
    }),
    record(
      'estimatedGap',
      `(${checked('expected')} - ${checked('right')}) / (${checked('rows')} >= ${LEAST_CHECKED})`,
    ),
    // Chance is in the rows that were checked and in those that it was calibrated on.
    record(
      'estimatedTrust',
      `abs(${of('estimatedGap')}) <= bool ${onVersion} ${DEVIATIONS} * sqrt(${spreadOf('accuracy')} * ` +
        `(1 / ${checked('rows')} + 1 / ${maxOf('estimatorRows', scope)}))`,
    ),
  ];
}

/** The champion is expected to be worse than asked for. A suspicion at most: it is no label. */
export function estimatedAlerts(scope: RuleScope, watch: Estimated): AlertRule[] {
  const window = promDuration(milliseconds(watch.window));
  const words = windowWords(milliseconds(watch.window));
  const of = (key: RecordedKey) => recorded(key, scope, window);
  const champion = `${onVersion} ${maxOf('championInfo', scope)}`;
  const untrusted = `${of('estimatedTrust')} == 0`;
  const common = { level: 'suspected', forMs: milliseconds(watch.for), window } as const;
  return [
    alertRule(scope, {
      ...common,
      alert: 'DriftloopEstimatedQuality',
      kind: 'estimated',
      expr:
        `${of(expected[watch.metric])} < ${watch.atLeast} and ${onVersion} ${of('estimatedRows')} >= ${watch.minRows} ` +
        `and ${champion} unless ${onVersion} (${untrusted})`,
      metric: watch.metric,
      sentence:
        `${championMetrics[watch.metric].words} of champion {{ $labels.version }} of {{ $labels.model }} over the last ${words} ` +
        `is expected to be ${valueWith(3)}, before labels have come; at least ${watch.atLeast} is asked for.`,
      value: valueWith(6),
      bound: watch.atLeast,
    }),
    alertRule(scope, {
      ...common,
      alert: 'DriftloopEstimateUntrusted',
      kind: 'silence',
      expr: `abs(${of('estimatedGap')}) and ${onVersion} (${untrusted}) and ${champion}`,
      metric: 'estimate',
      sentence:
        `What is expected of champion {{ $labels.version }} of {{ $labels.model }} without labels cannot be trusted: over the last ${words} ` +
        `the share of right answers was ${valueWith(3)} away from it. Scores are not calibrated any more, or inputs mean something else than they did (concept drift).`,
      value: valueWith(6),
      bound: 0,
    }),
  ];
}
