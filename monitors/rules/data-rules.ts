import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { Watch } from '../../domain/model-config.ts';
import { missingBin, unknownBin } from '../../domain/reference-shares.ts';
import { maxOf, recordMax, recordSince, risen } from './absolute-counters.ts';
import { alertRule, onVersion, recorded, valueWith, type AlertLevel } from './alert-rule.ts';
import { recordedTable } from './recorded-table.ts';
import { promDuration, type AlertRule, type RecordingRule, type RuleScope } from './rule.ts';
import { seriesIn } from './window-series.ts';

export type DataWatch = Extract<Watch, { kind: 'data' }>;

const counters = [
  'featureMissing',
  'featureInvalid',
  'featureNew',
  'featureBeyond',
  'repeatedInputs',
] as const;
type Counter = (typeof counters)[number];

/**
 * How sound the data of each window was, window by window.
 *
 * @param counted windows whose predictions have been counted by other rules
 */
export const dataRules = (
  scope: RuleScope,
  windows: readonly number[],
  counted: readonly number[],
): RecordingRule[] => [
  ...counters.flatMap((metric) => [recordMax(metric, scope), recordSince(metric, scope)]),
  ...windows.flatMap((windowMs) => [
    ...(counted.includes(windowMs) ? [] : [askedIn(scope, windowMs)]),
    ...inWindow(scope, windowMs),
  ]),
];

const askedIn = (scope: RuleScope, windowMs: number): RecordingRule => ({
  record: recordedTable.askedRows.name,
  expr: `sum without (label, partition) (${risen('predictions', scope, windowMs)})`,
  labels: { window: promDuration(windowMs) },
});

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const { window, of, record, rose } = seriesIn(scope, windowMs);
  const shareOfAsked = (metric: Counter) =>
    `${rose(metric)} / ${onVersion} group_left () (${of('askedRows')} > 0)`;
  // What the training rows had of it is no problem of today; of a version without a reference nothing is known.
  const beyondTraining = (share: string, bin: string) =>
    `clamp_min(${share} - on (namespace, model, version, feature) group_left () ` +
    `sum without (bin) (${maxOf('referenceShare', scope, { bin })}), 0) or ${share}`;
  const problem = (name: string, expr: string) => record('dataProblem', expr, { problem: name });
  return [
    record('missingShare', shareOfAsked('featureMissing')),
    record('invalidShare', shareOfAsked('featureInvalid')),
    record('newCategoryShare', shareOfAsked('featureNew')),
    record('outOfRangeShare', shareOfAsked('featureBeyond')),
    record('repeatedShare', shareOfAsked('repeatedInputs')),
    problem('missing', beyondTraining(of('missingShare'), missingBin)),
    problem('invalid', beyondTraining(of('invalidShare'), unknownBin)),
    problem('new-category', beyondTraining(of('newCategoryShare'), unknownBin)),
    problem('out-of-range', of('outOfRangeShare')),
    // Of a few categories many rows are alike anyway: only a rise says something.
    problem('repeated', `clamp_min(${of('repeatedShare')} - ${of('repeatedShare')} offset ${window}, 0)`),
  ];
}

/** The data of the champion has a problem in more of the rows than may be: suspected at once, detected when it stays. */
export function dataAlerts(scope: RuleScope, watch: DataWatch): AlertRule[] {
  const windowMs = milliseconds(watch.window);
  const window = promDuration(windowMs);
  const enough = `${onVersion} ${recorded('askedRows', scope, window)} >= ${watch.minRows}`;
  const champion = `${onVersion} ${maxOf('championInfo', scope)}`;
  const { atMost } = watch;
  return (['detected', 'suspected'] as const satisfies readonly AlertLevel[]).map((level) =>
    alertRule(scope, {
      alert: 'DriftloopDataQuality',
      kind: 'data',
      level,
      expr: `${recorded('dataProblem', scope, window)} > ${atMost} and ${enough} and ${champion}`,
      forMs: level === 'detected' ? milliseconds(watch.for) : 0,
      window,
      sentence:
        `{{ or $labels.feature "The row" }} is {{ $labels.problem }} in ${valueWith(3)} more than usual of the rows that ` +
        `champion {{ $labels.version }} of {{ $labels.model }} was asked over the last ${windowWords(windowMs)}; ` +
        `at most ${atMost} is asked for. Mend what sends them: no training does.`,
      value: valueWith(6),
      bound: atMost,
    }),
  );
}
