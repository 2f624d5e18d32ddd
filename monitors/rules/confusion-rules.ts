import type { RecordedKey } from './recorded-table.ts';
import type { RecordingRule } from './rule.ts';

/** The series that a confusion matrix is made into. */
export type ConfusionSeries = Readonly<
  Record<
    | 'outcomes'
    | 'rows'
    | 'correct'
    | 'support'
    | 'predicted'
    | 'accuracy'
    | 'macroPrecision'
    | 'macroRecall'
    | 'macroF1',
    RecordedKey
  >
>;

/** Below it a count is none; a count that is expected may be a fraction of a row. */
const NONE = '1e-9';

/** From counts by label and prediction, `outcomes`, to the metrics of a classifier. */
export function confusionRules(
  keys: ConfusionSeries,
  {
    of,
    record,
  }: { of: (key: RecordedKey) => string; record: (key: RecordedKey, expr: string) => RecordingRule },
): RecordingRule[] {
  const outcomes = of(keys.outcomes);
  const [rows, correct, support, predicted] = [
    of(keys.rows),
    of(keys.correct),
    of(keys.support),
    of(keys.predicted),
  ];
  // The rows where label and prediction agree: PromQL cannot compare two labels, but it can match on them.
  const agreeing = `label_replace(sum without (predicted) (${outcomes}), "predicted", "$1", "label", "(?s)(.*)")`;
  const byPrediction = `label_replace(sum without (label) (${outcomes}), "label", "$1", "predicted", "(?s)(.*)")`;
  const seen = `(${support} + ${predicted}) > 0`;
  return [
    record(keys.rows, `sum without (label, predicted) (${outcomes})`),
    record(
      keys.correct,
      `sum without (predicted) (${outcomes} and on (namespace, model, version, label, predicted) ${agreeing})`,
    ),
    record(keys.support, `sum without (predicted) (${outcomes})`),
    record(keys.predicted, `sum without (predicted) (${byPrediction})`),
    record(keys.accuracy, `sum without (label) (${correct}) / (${rows} > 0)`),
    record(
      keys.macroPrecision,
      `avg without (label) (${correct} / clamp_min(${predicted}, ${NONE}) and ${seen})`,
    ),
    record(keys.macroRecall, `avg without (label) (${correct} / clamp_min(${support}, ${NONE}) and ${seen})`),
    record(keys.macroF1, `avg without (label) (2 * ${correct} / (${seen}))`),
  ];
}
