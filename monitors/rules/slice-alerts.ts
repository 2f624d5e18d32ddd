import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { Watch } from '../../domain/model-config.ts';
import { maxOf } from './absolute-counters.ts';
import { alertRule, onVersion, recorded, valueWith, type AlertLevel } from './alert-rule.ts';
import { championMetrics } from './champion-metrics.ts';
import { promDuration, type AlertRule, type RuleScope } from './rule.ts';

export type SliceWatch = Extract<Watch, { kind: 'slice' }>;

const onValue = 'on (namespace, model, version, slice, value)';
const place = 'where {{ $labels.slice }} is {{ $labels.value }}';
const ofChampion = 'of champion {{ $labels.version }} of {{ $labels.model }}';

/** Tells the alerts of two slices, or of two metrics of one, apart. */
const judged = ({ metric, of }: SliceWatch): string => `${metric} by ${of}`;

/** The champion is worse than asked for in a value of a slice: suspected at once, detected when it stays. */
export function sliceAlerts(scope: RuleScope, watch: SliceWatch): AlertRule[] {
  const windowMs = milliseconds(watch.window);
  const window = promDuration(windowMs);
  const { of, metric, atLeast, minRows } = watch;
  const key = metric === 'accuracy' ? 'sliceAccuracy' : 'sliceMacroF1';
  const enough = `${onValue} ${recorded('sliceRows', scope, window, { slice: of })} >= ${minRows}`;
  return (['detected', 'suspected'] as const satisfies readonly AlertLevel[]).map((level) =>
    alertRule(scope, {
      alert: 'DriftloopSliceQuality',
      kind: 'quality',
      level,
      expr:
        `${recorded(key, scope, window, { slice: of })} < ${atLeast} and ${enough} ` +
        `and ${onVersion} ${maxOf('championInfo', scope)}`,
      forMs: level === 'detected' ? milliseconds(watch.for) : 0,
      metric: judged(watch),
      window,
      sentence: `${championMetrics[metric].words} ${ofChampion} ${place} is ${valueWith(3)} over the last ${windowWords(windowMs)}; at least ${atLeast} is asked for.`,
      value: valueWith(6),
      bound: atLeast,
    }),
  );
}

/** What of a slice is not known, which is neither good nor bad: values with few labels, and a slice that is not exported. */
export function sliceSilence(scope: RuleScope, watch: SliceWatch): AlertRule[] {
  const windowMs = milliseconds(watch.window);
  const window = promDuration(windowMs);
  const { of, metric, minRows } = watch;
  const slice = { slice: of };
  const common = { kind: 'silence', level: 'suspected', forMs: milliseconds(watch.for) } as const;
  const champion = maxOf('championInfo', scope);
  const exported = maxOf(metric === 'accuracy' ? 'slicePredictions' : 'sliceLabelRows', scope, slice);
  return [
    alertRule(scope, {
      ...common,
      alert: 'DriftloopSliceUnknown',
      expr:
        `${recorded('sliceRows', scope, window, slice)} < ${minRows} and ` +
        `${onValue} ${recorded('slicePredictions', scope, window, slice)} >= ${minRows} and ${onVersion} ${champion}`,
      metric: judged(watch),
      window,
      sentence: `${valueWith(0)} labels became known ${ofChampion} ${place} over the last ${windowWords(windowMs)}; with fewer than ${minRows} its quality there is unknown, neither good nor bad.`,
      value: valueWith(0),
      bound: minRows,
    }),
    alertRule(scope, {
      ...common,
      alert: 'DriftloopSliceNotExported',
      expr: `${champion} unless ${onVersion} ${exported}`,
      metric: judged(watch),
      window,
      sentence: `The slice ${of} ${ofChampion} is not exported, so its quality is unknown: the model would have more series than seriesPerModel. Raise it, or declare fewer slices.`,
      value: valueWith(0),
      bound: 0,
    }),
  ];
}
