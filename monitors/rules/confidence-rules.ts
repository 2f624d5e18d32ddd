import { maxOf, recordMax, recordSince, risen } from './absolute-counters.ts';
import { onVersion } from './alert-rule.ts';
import { checkedRows, DEVIATIONS, LEAST_CHECKED } from './estimated-rules.ts';
import type { RecordingRule, RuleScope } from './rule.ts';
import { seriesIn } from './window-series.ts';

const gauges = ['confidenceOffset', 'confidenceSpread'] as const;
const onMethod = 'on (namespace, model, version, method)';

/**
 * The accuracy that each method expects without labels, beside that of the others: where they differ, none of them is to
 * be believed blindly. Each has its band, and its own check against the labels that come.
 */
export const confidenceRules = (scope: RuleScope, windows: readonly number[]): RecordingRule[] => [
  recordMax('confidentRows', scope),
  recordSince('confidentRows', scope),
  ...gauges.map((metric) => recordMax(metric, scope)),
  ...windows.flatMap((windowMs) => inWindow(scope, windowMs)),
];

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const { of, record } = seriesIn(scope, windowMs);
  const said = (by: 'asked' | 'labelled') =>
    `sum without (partition, of) (${risen('confidentRows', scope, windowMs, { of: by })})`;
  const checked = (what: 'rows' | 'right') => checkedRows(scope, windowMs, what);
  const offset = `${onMethod} ${maxOf('confidenceOffset', scope)}`;
  const each = `${onVersion} group_left ()`;
  /** Chance is in the rows that it is about, and in those that it was calibrated on. */
  const chance = (rows: string) =>
    `${DEVIATIONS} * sqrt(${maxOf('confidenceSpread', scope)} * ${each} ` +
    `(1 / ${rows} + ${onVersion} 1 / ${maxOf('estimatorRows', scope)}))`;
  const band = chance(`(${of('estimatedRows')} > 0)`);
  const cbpe = { method: 'cbpe' };
  const copied = (key: 'estimatedLow' | 'estimatedHigh') =>
    `sum without (metric) (${of(key, { metric: 'accuracy' })})`;
  // Only the estimates that have a band here: that of CBPE is its own, and is copied after it.
  const estimate = of('methodAccuracy');
  return [
    record(
      'methodAccuracy',
      `clamp(${said('asked')} / ${each} (${of('estimatedRows')} > 0) + ${offset}, 0, 1)`,
    ),
    record('methodLow', `clamp_min(${estimate} - ${onMethod} ${band}, 0)`),
    record('methodHigh', `clamp_max(${estimate} + ${onMethod} ${band}, 1)`),
    record(
      'methodGap',
      `(${said('labelled')} - ${each} ${checked('right')}) / ${each} (${checked('rows')} >= ${LEAST_CHECKED}) + ${offset}`,
    ),
    record('methodTrust', `abs(${of('methodGap')}) <= bool ${onMethod} ${chance(checked('rows'))}`),
    record('methodAccuracy', of('estimatedAccuracy'), cbpe),
    record('methodLow', copied('estimatedLow'), cbpe),
    record('methodHigh', copied('estimatedHigh'), cbpe),
    record('methodGap', of('estimatedGap'), cbpe),
    record('methodTrust', of('estimatedTrust'), cbpe),
  ];
}
