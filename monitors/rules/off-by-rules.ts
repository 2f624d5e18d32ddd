import { milliseconds, windowWords } from '../../domain/duration.ts';
import type { Watch } from '../../domain/model-config.ts';
import { maxOf, recordMax, recordSince, risen } from './absolute-counters.ts';
import { alertRule, onVersion, recorded, valueWith } from './alert-rule.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { promDuration, type AlertRule, type RecordingRule, type RuleScope } from './rule.ts';

/** A bound of how far off the numbers of the champion may be. */
export type OffByWatch = Extract<Watch, { kind: 'off-by' }>;

const metrics = {
  mae: { key: 'championMae', words: 'The mean absolute error' },
  rmse: { key: 'championRmse', words: 'The root mean squared error' },
} as const satisfies Record<OffByWatch['metric'], { key: RecordedKey; words: string }>;

/** How far off the versions of a regression were, window by window, in the unit of its numbers. */
export const offByRules = (scope: RuleScope, windows: readonly number[]): RecordingRule[] => [
  ...(['offBy', 'offByWithdrawn'] as const).flatMap((metric) => [
    recordMax(metric, scope),
    recordSince(metric, scope),
  ]),
  ...windows.flatMap((windowMs) => inWindow(scope, windowMs)),
];

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const window = promDuration(windowMs);
  const record = (key: RecordedKey, expr: string): RecordingRule => ({
    record: recordedTable[key].name,
    expr,
    labels: { window },
  });
  const rose = (metric: 'offBy' | 'offByWithdrawn') =>
    `sum without (partition) (${risen(metric, scope, windowMs)})`;
  const mean = (how: 'absolute' | 'squared') =>
    `sum without (how) (${recorded('offBy', scope, window, { how })}) / (${recorded('labelledRows', scope, window)} > 0)`;
  const championOnly = (key: RecordedKey) =>
    `${recorded(key, scope, window)} and ${onVersion} ${maxOf('championInfo', scope)}`;
  return [
    // Taking back a row from before the window must not make a sum negative.
    record('offBy', `clamp_min(${rose('offBy')} - ${rose('offByWithdrawn')}, 0)`),
    record('mae', mean('absolute')),
    record('rmse', `sqrt(${mean('squared')})`),
    record('championMae', championOnly('mae')),
    record('championRmse', championOnly('rmse')),
  ];
}

/** The champion is further off than it may be: suspected at once, detected when it stays so for the `for`. */
export function offByAlerts(scope: RuleScope, watch: OffByWatch): AlertRule[] {
  const window = promDuration(milliseconds(watch.window));
  const { key, words } = metrics[watch.metric];
  const enough = `${recorded('championLabelledRows', scope, window)} >= ${watch.minRows}`;
  return (['detected', 'suspected'] as const).map((level) =>
    alertRule(scope, {
      alert: 'DriftloopOffBy',
      kind: 'quality',
      level,
      expr: `${recorded(key, scope, window)} > ${watch.atMost} and ${onVersion} ${enough}`,
      forMs: level === 'detected' ? milliseconds(watch.for) : 0,
      metric: watch.metric,
      window,
      sentence: `${words} of champion {{ $labels.version }} of {{ $labels.model }} over the last ${windowWords(milliseconds(watch.window))} is ${valueWith(3)}; at most ${watch.atMost} is asked for.`,
      value: valueWith(6),
      bound: watch.atMost,
    }),
  );
}
