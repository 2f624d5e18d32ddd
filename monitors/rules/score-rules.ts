import { recordMax, recordSince, risen } from './absolute-counters.ts';
import type { RecordingRule, RuleScope } from './rule.ts';
import { seriesIn } from './window-series.ts';

const counters = ['scorePredictions', 'scoreLabelled'] as const;

/** How sure the versions of a model were of their answers, and of how many of each the label is known. */
export const scoreRules = (scope: RuleScope, windows: readonly number[]): RecordingRule[] => [
  ...counters.flatMap((metric) => [recordMax(metric, scope), recordSince(metric, scope)]),
  ...windows.flatMap((windowMs) => inWindow(scope, windowMs)),
];

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const { of, record, rose } = seriesIn(scope, windowMs);
  const all = `sum without (bin) (${of('scorePredictions')})`;
  return [
    record('scorePredictions', rose('scorePredictions')),
    record('scoreShare', `${of('scorePredictions')} / ignoring (bin) group_left () (${all} > 0)`),
    record('scoreLabelled', risen('scoreLabelled', scope, windowMs)),
    record('scoreCoverage', `${of('scoreLabelled')} / (${of('scorePredictions')} > 0)`),
  ];
}
