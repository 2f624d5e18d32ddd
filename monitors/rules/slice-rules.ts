import type { ModelConfig } from '../../domain/model-config.ts';
import { recordMax, recordSince, risen } from './absolute-counters.ts';
import type { RecordingRule, RuleScope } from './rule.ts';
import { seriesIn } from './window-series.ts';

const counters = ['slicePredictions', 'sliceOutcomes', 'sliceOutcomesWithdrawn', 'sliceLabelRows'] as const;

/** How good the versions of a model were in each declared slice, and how much is known of it, window by window. */
export function sliceRules(
  scope: RuleScope,
  { gate }: Pick<ModelConfig, 'gate'>,
  windows: readonly number[],
): RecordingRule[] {
  if (gate.slices.length === 0) return [];
  return [
    ...counters.flatMap((metric) => [recordMax(metric, scope), recordSince(metric, scope)]),
    ...windows.flatMap((windowMs) => inWindow(scope, windowMs)),
  ];
}

function inWindow(scope: RuleScope, windowMs: number): RecordingRule[] {
  const { of, record, rose } = seriesIn(scope, windowMs);
  const right = of('sliceOutcomes', { outcome: 'right' });
  const byLabel = (what: 'right' | 'bear' | 'predicted') =>
    `sum without (what) (${of('sliceLabelRows', { what })})`;
  return [
    record('slicePredictions', rose('slicePredictions')),
    // Taking back a row from before the window must not make a count negative.
    record('sliceOutcomes', `clamp_min(${rose('sliceOutcomes')} - ${rose('sliceOutcomesWithdrawn')}, 0)`),
    record('sliceRows', `sum without (outcome) (${of('sliceOutcomes')})`),
    record('sliceAccuracy', `sum without (outcome) (${right}) / (${of('sliceRows')} > 0)`),
    record('sliceCoverage', `${of('sliceRows')} / (${of('slicePredictions')} > 0)`),
    record('sliceLabelRows', risen('sliceLabelRows', scope, windowMs)),
    record(
      'sliceMacroF1',
      `avg without (label) (2 * ${byLabel('right')} / ((${byLabel('bear')} + ${byLabel('predicted')}) > 0))`,
    ),
  ];
}
