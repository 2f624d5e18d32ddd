import { milliseconds } from '../../domain/duration.ts';
import type { ModelConfig, Watch } from '../../domain/model-config.ts';
import { maxOf } from './absolute-counters.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { promDuration, selector, type AlertRule, type RuleScope } from './rule.ts';

/** What an alert is about. `silence` is its own kind: no data is neither health nor drift. */
export type AlertKind = 'regret' | 'quality' | 'drift' | 'silence';
/** `suspected` is worth a look, `detected` may start a run. */
export type Severity = 'suspected' | 'detected';

/** Regret is suspected from this share of the price on. */
const suspectedShare = 0.5;

const version = 'on (namespace, model, version)';
const championLabel = 'Champion {{ $labels.version }} of {{ $labels.model }}';
const value = (digits: number) => `{{ printf "%.${digits}f" $value }}`;
const of = (key: RecordedKey, scope: RuleScope, window?: string) =>
  `${recordedTable[key].name}${selector(scope, window === undefined ? {} : { window })}`;

type AlertText = { sentence: string; value: string; bound: number };

/** The labels that tell who, what and how sure; what varies (version, feature, window) comes with the series. */
function alertRule(
  scope: RuleScope,
  alert: string,
  {
    kind,
    severity,
    expr,
    forMs,
    metric,
    text,
  }: {
    kind: AlertKind;
    severity: Severity;
    expr: string;
    forMs: number;
    metric?: string;
    text: AlertText;
  },
): AlertRule {
  return {
    alert,
    expr,
    ...(forMs > 0 ? { for: promDuration(forMs) } : {}),
    labels: {
      namespace: scope.namespace,
      model: scope.model,
      kind,
      severity,
      ...(metric === undefined ? {} : { metric }),
    },
    annotations: { sentence: text.sentence, value: text.value, bound: String(text.bound) },
  };
}

/** The champion has made as many errors too many as a training is worth. */
export function regretAlerts(
  scope: RuleScope,
  { retrain: { price } }: Pick<ModelConfig, 'retrain'>,
): AlertRule[] {
  const regret = of('championRegret', scope);
  const bound = `on (namespace, model) group_left () ${of('trainingPrice', scope)}`;
  const sentence = `${championLabel} has made ${value(1)} errors more than its reference promised since it took over`;
  return [
    alertRule(scope, 'DriftloopRegret', {
      kind: 'regret',
      severity: 'detected',
      expr: `${regret} >= ${bound}`,
      forMs: 0,
      text: { sentence: `${sentence}; a training is worth ${price}.`, value: value(3), bound: price },
    }),
    alertRule(scope, 'DriftloopRegret', {
      kind: 'regret',
      severity: 'suspected',
      expr: `${regret} >= ${bound} * ${suspectedShare}`,
      forMs: 0,
      text: {
        sentence: `${sentence}, over half of the ${price} that a training is worth.`,
        value: value(3),
        bound: price * suspectedShare,
      },
    }),
  ];
}

const metricNames = {
  accuracy: { key: 'championAccuracy', words: 'Accuracy' },
  macroPrecision: { key: 'championMacroPrecision', words: 'Macro precision' },
  macroRecall: { key: 'championMacroRecall', words: 'Macro recall' },
  macroF1: { key: 'championMacroF1', words: 'Macro F1' },
} as const;

/** A metric of the champion is below its bound: suspected at once, detected when it stays there for the `for`. */
export function qualityAlerts(scope: RuleScope, watch: Extract<Watch, { kind: 'quality' }>): AlertRule[] {
  const window = promDuration(milliseconds(watch.window));
  const { key, words } = metricNames[watch.metric];
  const enough = `${of('championLabelledRows', scope, window)} >= ${watch.minRows}`;
  const expr = `${of(key, scope, window)} < ${watch.atLeast} and ${version} ${enough}`;
  const text: AlertText = {
    sentence: `${words} of champion {{ $labels.version }} of {{ $labels.model }} over the last ${window} is ${value(3)}; at least ${watch.atLeast} is asked for.`,
    value: value(6),
    bound: watch.atLeast,
  };
  return (['detected', 'suspected'] as const).map((severity) =>
    alertRule(scope, 'DriftloopQuality', {
      kind: 'quality',
      severity,
      expr,
      forMs: severity === 'detected' ? milliseconds(watch.for) : 0,
      metric: watch.metric,
      text,
    }),
  );
}

/** A feature of the champion has moved away from the training rows: suspected at once, detected after the `for`. */
export function driftAlerts(scope: RuleScope, watch: Extract<Watch, { kind: 'drift' }>): AlertRule[] {
  const window = promDuration(milliseconds(watch.window));
  const enough = `${of('featureRows', scope, window)} >= ${watch.minRows}`;
  const expr = `${of('championPsi', scope, window)} >= ${watch.psiAtLeast} and on (namespace, model, version, feature) ${enough}`;
  const text: AlertText = {
    sentence: `Feature {{ $labels.feature }} of {{ $labels.model }} over the last ${window} is ${value(3)} (PSI) away from what champion {{ $labels.version }} was trained on; the bound is ${watch.psiAtLeast}.`,
    value: value(6),
    bound: watch.psiAtLeast,
  };
  return (['detected', 'suspected'] as const).map((severity) =>
    alertRule(scope, 'DriftloopInputDrift', {
      kind: 'drift',
      severity,
      expr,
      forMs: severity === 'detected' ? milliseconds(watch.for) : 0,
      metric: 'psi',
      text,
    }),
  );
}

/**
 * Nothing is heard: no metrics at all, or no label for a whole window that the champion was there for. Too few labels
 * for the quality watch are suspected.
 */
export function silenceAlerts(
  scope: RuleScope,
  { windowMs, minRows, noDataMs }: { windowMs: number; minRows: number; noDataMs: number },
): AlertRule[] {
  const window = promDuration(windowMs);
  const rows = of('championLabelledRows', scope, window);
  const wasThere = `${version} ${maxOf('championInfo', scope)} offset ${window}`;
  const heard = (severity: Severity, bound: number): AlertRule =>
    alertRule(scope, 'DriftloopNoFeedback', {
      kind: 'silence',
      severity,
      expr: `${rows} < ${bound} and ${wasThere}`,
      forMs: 0,
      metric: 'labelled-rows',
      text: {
        sentence: `${value(0)} labels became known for champion {{ $labels.version }} of {{ $labels.model }} in the last ${window}; with fewer than ${bound} its quality is unknown, neither good nor bad.`,
        value: value(0),
        bound,
      },
    });
  return [
    alertRule(scope, 'DriftloopNoData', {
      kind: 'silence',
      severity: 'detected',
      expr: `absent(${of('trainingPrice', scope)})`,
      forMs: noDataMs,
      metric: 'series',
      text: {
        sentence: `Prometheus reads no metrics of ${scope.model}: nothing is known about it, neither good nor bad. See that "driftloop monitor" runs and is scraped.`,
        value: '0',
        bound: 1,
      },
    }),
    heard('detected', 1),
    ...(minRows > 1 ? [heard('suspected', minRows)] : []),
  ];
}
