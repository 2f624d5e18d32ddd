import type { FiringAlert } from '../domain/ports.ts';
import type { Health, Live } from './model-view.ts';

/** An alert that is firing now, whoever says so. */
export type OpenAlert = {
  alertname: string;
  labels: Readonly<Record<string, string>>;
  sentence: string;
  since: string;
};

export const openFromPrometheus = (alerts: readonly FiringAlert[]): OpenAlert[] =>
  alerts.map(({ alertname, labels, annotations, activeAt }) => ({
    alertname,
    labels,
    sentence: annotations['sentence'] ?? alertname,
    since: activeAt,
  }));

/**
 * One word for how a model does. Worse: regret or quality has been detected. Suspected: either is suspected, or its
 * inputs have moved. Unknown: no metrics, no labels or too few of them, or Prometheus is silent; no data is neither health
 * nor drift.
 */
export function judgeHealth(open: readonly OpenAlert[], live: Live): Health {
  const of = (test: (kind: string, level: string) => boolean) =>
    open.filter(({ labels }) => test(labels['kind'] ?? '', labels['level'] ?? ''));
  const worse = of((kind, level) => level === 'detected' && (kind === 'regret' || kind === 'quality'));
  if (live.state === 'silent') return { word: 'unknown', since: null, because: [] };
  if (worse.length > 0) return say('worse', worse);
  const silence = of((kind, level) => kind === 'silence' && level === 'detected');
  if (silence.length > 0) return say('unknown', silence);
  // A way back that is closed says nothing of the champion.
  const suspected = of((kind) => kind !== 'silence' && kind !== 'rollback');
  if (suspected.length > 0) return say('suspected', suspected);
  const isThin = live.labelledInWindow !== null && live.labelledInWindow < FEW_LABELS;
  return live.accuracy === null || isThin ? say('unknown', []) : say('steady', []);
}

/** With fewer, an accuracy may be off by 20 points and more. */
const FEW_LABELS = 20;

function say(word: Health['word'], alerts: readonly OpenAlert[]): Health {
  // Suspected and detected are two rules over one value: the stronger one says it.
  const byValue = new Map<string, OpenAlert>();
  for (const alert of alerts) {
    const { kind, metric, feature, problem, slice, value, level } = alert.labels;
    const key = JSON.stringify([kind, metric, feature, problem, slice, value]);
    if (!byValue.has(key) || level === 'detected') byValue.set(key, alert);
  }
  const times = alerts.map(({ since }) => Date.parse(since)).filter(Number.isFinite);
  return {
    word,
    since: times.length === 0 ? null : new Date(Math.min(...times)).toISOString(),
    because: [...byValue.values()].map(({ sentence }) => sentence).slice(0, 3),
  };
}
