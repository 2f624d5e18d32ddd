import { recordMax, recordSince, risen } from './absolute-counters.ts';
import { recorded } from './alert-rule.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { promDuration, type RecordingRule, type RuleScope } from './rule.ts';

const counters = ['scorePredictions', 'scoreLabelled', 'scoreLabelledWithdrawn'] as const;

/** How sure the versions of a model were of their answers, and of how many of each the label is known. */
export const scoreRules = (scope: RuleScope, windows: readonly number[]): RecordingRule[] => [
  ...counters.flatMap((metric) => [recordMax(metric, scope), recordSince(metric, scope)]),
  ...windows.flatMap((windowMs) => inWindow(scope, windowMs)),
];

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const window = promDuration(windowMs);
  const of = (key: RecordedKey) => recorded(key, scope, window);
  const record = (key: RecordedKey, expr: string): RecordingRule => ({
    record: recordedTable[key].name,
    expr,
    labels: { window },
  });
  const rose = (metric: (typeof counters)[number]) =>
    `sum without (partition) (${risen(metric, scope, windowMs)})`;
  const all = `sum without (bin) (${of('scorePredictions')})`;
  return [
    record('scorePredictions', rose('scorePredictions')),
    record('scoreShare', `${of('scorePredictions')} / ignoring (bin) group_left () (${all} > 0)`),
    // Taking back a row from before the window must not make a count negative.
    record('scoreLabelled', `clamp_min(${rose('scoreLabelled')} - ${rose('scoreLabelledWithdrawn')}, 0)`),
    record('scoreCoverage', `${of('scoreLabelled')} / (${of('scorePredictions')} > 0)`),
  ];
}
