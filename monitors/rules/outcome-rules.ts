import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { maxOf, risen } from './absolute-counters.ts';
import { promDuration, selector, type RecordingRule, type RuleScope } from './rule.ts';

/** What the versions of a model were worth in one window. `rates`: with predictions and labels a second, for charts. */
export function outcomeRules(
  scope: RuleScope,
  windowMs: number,
  { rates = true }: { rates?: boolean } = {},
): RecordingRule[] {
  const window = promDuration(windowMs);
  const of = (key: RecordedKey) => `${recordedTable[key].name}${selector(scope, { window })}`;
  const record = (key: RecordedKey, expr: string): RecordingRule => ({
    record: recordedTable[key].name,
    expr,
    labels: { window },
  });
  const rose = (metric: 'outcomes' | 'outcomesWithdrawn' | 'predictions') =>
    `sum without (partition) (${risen(metric, scope, windowMs)})`;
  // The rows where label and prediction agree: PromQL cannot compare two labels, but it can match on them.
  const agreeing = `label_replace(sum without (predicted) (${of('outcomes')}), "predicted", "$1", "label", "(?s)(.*)")`;
  const byPrediction = `label_replace(sum without (label) (${of('outcomes')}), "label", "$1", "predicted", "(?s)(.*)")`;
  const seen = `(${of('support')} + ${of('predicted')}) > 0`;
  const championOnly = (key: RecordedKey) =>
    `${of(key)} and on (namespace, model, version) ${maxOf('championInfo', scope)}`;
  const seconds = windowMs / 1_000;

  return [
    // Taking back a row from before the window must not make a count negative.
    record('outcomes', `clamp_min(${rose('outcomes')} - ${rose('outcomesWithdrawn')}, 0)`),
    record('labelledRows', `sum without (label, predicted) (${of('outcomes')})`),
    record(
      'correct',
      `sum without (predicted) (${of('outcomes')} and on (namespace, model, version, label, predicted) ${agreeing})`,
    ),
    record('support', `sum without (predicted) (${of('outcomes')})`),
    record('predicted', `sum without (predicted) (${byPrediction})`),
    record('accuracy', `sum without (label) (${of('correct')}) / (${of('labelledRows')} > 0)`),
    record(
      'macroPrecision',
      `avg without (label) (${of('correct')} / clamp_min(${of('predicted')}, 1) and ${seen})`,
    ),
    record(
      'macroRecall',
      `avg without (label) (${of('correct')} / clamp_min(${of('support')}, 1) and ${seen})`,
    ),
    record('macroF1', `avg without (label) (2 * ${of('correct')} / (${seen}))`),
    record('championAccuracy', championOnly('accuracy')),
    record('championMacroPrecision', championOnly('macroPrecision')),
    record('championMacroRecall', championOnly('macroRecall')),
    record('championMacroF1', championOnly('macroF1')),
    record('championLabelledRows', championOnly('labelledRows')),
    ...(rates
      ? [
          record('predictions', rose('predictions')),
          record('predictionRate', `sum without (label) (${of('predictions')}) / ${seconds}`),
          record('feedbackRate', `${of('labelledRows')} / ${seconds}`),
        ]
      : []),
  ];
}
