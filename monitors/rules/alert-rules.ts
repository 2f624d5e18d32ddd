import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { ModelConfig, Watch } from '../../domain/model-config.ts';
import { alertRule, onVersion, recorded, valueWith, type AlertLevel } from './alert-rule.ts';
import { championMetrics } from './champion-metrics.ts';
import { promDuration, type AlertRule, type RuleScope } from './rule.ts';

/** Regret is suspected from this share of the price on. */
const suspectedShare = 0.5;

const champion = 'champion {{ $labels.version }} of {{ $labels.model }}';
const levels: readonly AlertLevel[] = ['detected', 'suspected'];

/** The champion has made as many errors too many as a training is worth. */
export function regretAlerts(
  scope: RuleScope,
  { retrain: { price } }: Pick<ModelConfig, 'retrain'>,
): AlertRule[] {
  const regret = recorded('championRegret', scope);
  const worth = `on (namespace, model) group_left () ${recorded('trainingPrice', scope)}`;
  const common = {
    alert: 'DriftloopRegret',
    kind: 'regret',
    forMs: 0,
    value: valueWith(3),
  } as const;
  const sentence = `C${champion.slice(1)} has made ${valueWith(1)} errors more than its reference promised since it took over`;
  return [
    alertRule(scope, {
      ...common,
      level: 'detected',
      expr: `${regret} >= ${worth}`,
      sentence: `${sentence}; a training is worth ${price}.`,
      bound: price,
    }),
    alertRule(scope, {
      ...common,
      level: 'suspected',
      expr: `${regret} >= ${worth} * ${suspectedShare}`,
      sentence: `${sentence}, over half of the ${price} that a training is worth.`,
      bound: price * suspectedShare,
    }),
  ];
}

/** A metric of the champion is below its bound: suspected at once, detected when it stays there for the `for`. */
export function qualityAlerts(scope: RuleScope, watch: Extract<Watch, { kind: 'quality' }>): AlertRule[] {
  const window = promDuration(milliseconds(watch.window));
  const { key, words } = championMetrics[watch.metric];
  const enough = `${recorded('championLabelledRows', scope, window)} >= ${watch.minRows}`;
  return levels.map((level) =>
    alertRule(scope, {
      alert: 'DriftloopQuality',
      kind: 'quality',
      level,
      expr: `${recorded(key, scope, window)} < ${watch.atLeast} and ${onVersion} ${enough}`,
      forMs: level === 'detected' ? milliseconds(watch.for) : 0,
      metric: watch.metric,
      window,
      sentence: `${words} of ${champion} over the last ${windowWords(milliseconds(watch.window))} is ${valueWith(3)}; at least ${watch.atLeast} is asked for.`,
      value: valueWith(6),
      bound: watch.atLeast,
    }),
  );
}

/** A feature has moved away from the champion's training rows: suspected at once, detected after the `for`. */
export function driftAlerts(scope: RuleScope, watch: Extract<Watch, { kind: 'drift' }>): AlertRule[] {
  const window = promDuration(milliseconds(watch.window));
  const enough = `${recorded('featureRows', scope, window)} >= ${watch.minRows}`;
  const psi = recorded('championPsi', scope, window);
  return levels.map((level) =>
    alertRule(scope, {
      alert: 'DriftloopInputDrift',
      kind: 'drift',
      level,
      expr: `${psi} >= ${watch.psiAtLeast} and on (namespace, model, version, feature) ${enough}`,
      forMs: level === 'detected' ? milliseconds(watch.for) : 0,
      metric: 'psi',
      window,
      sentence: `Feature {{ $labels.feature }} of {{ $labels.model }} over the last ${windowWords(milliseconds(watch.window))} is ${valueWith(3)} (PSI) away from what champion {{ $labels.version }} was trained on; the bound is ${watch.psiAtLeast}.`,
      value: valueWith(6),
      bound: watch.psiAtLeast,
    }),
  );
}
