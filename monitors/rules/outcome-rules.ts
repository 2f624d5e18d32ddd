import { confusionRules, type ConfusionSeries } from './confusion-rules.ts';
import { recordedTable, type RecordedKey } from './recorded-table.ts';
import { maxOf, risen } from './absolute-counters.ts';
import { promDuration, selector, type RecordingRule, type RuleScope } from './rule.ts';

const realised: ConfusionSeries = {
  outcomes: 'outcomes',
  rows: 'labelledRows',
  correct: 'correct',
  support: 'support',
  predicted: 'predicted',
  accuracy: 'accuracy',
  macroPrecision: 'macroPrecision',
  macroRecall: 'macroRecall',
  macroF1: 'macroF1',
};

/**
 * What the versions of a model were worth in one window. `rates`: with predictions and labels a second, for charts;
 * `byLabel`: with precision, recall and F1 of each label, where answers are labels.
 */
export function outcomeRules(
  scope: RuleScope,
  windowMs: number,
  { rates = true, byLabel = false }: { rates?: boolean; byLabel?: boolean } = {},
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
  const championOnly = (key: RecordedKey) =>
    `${of(key)} and on (namespace, model, version) ${maxOf('championInfo', scope)}`;
  const seconds = windowMs / 1_000;

  return [
    // Taking back a row from before the window must not make a count negative.
    record('outcomes', `clamp_min(${rose('outcomes')} - ${rose('outcomesWithdrawn')}, 0)`),
    ...confusionRules(realised, { of, record }),
    record('championAccuracy', championOnly('accuracy')),
    record('championMacroPrecision', championOnly('macroPrecision')),
    record('championMacroRecall', championOnly('macroRecall')),
    record('championMacroF1', championOnly('macroF1')),
    record('championLabelledRows', championOnly('labelledRows')),
    ...(byLabel
      ? [
          record('labelPrecision', `${of('correct')} / (${of('predicted')} > 0)`),
          record('labelRecall', `${of('correct')} / (${of('support')} > 0)`),
          record('labelF1', `2 * ${of('correct')} / ((${of('support')} + ${of('predicted')}) > 0)`),
        ]
      : []),
    ...(rates
      ? [
          record('predictions', rose('predictions')),
          record('askedRows', `sum without (label) (${of('predictions')})`),
          record('predictionRate', `${of('askedRows')} / ${seconds}`),
          record('feedbackRate', `${of('labelledRows')} / ${seconds}`),
        ]
      : []),
  ];
}
