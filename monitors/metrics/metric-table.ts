/**
 * Every metric that Driftloop exports about models, in one table: the exporter, the rules and docs/reference read it.
 *
 * Counters are absolute: each scrape says what the database says, so a restart, a rebalance or a second instance
 * changes nothing. Several instances export the same numbers; rules take `max without (instance, job)` first.
 * `partition` is the stream and Kafka partition that a count came by (`feedback-3`): each has one owner at a time.
 * Every metric carries the `namespace`.
 */
type MetricRow = Readonly<{
  name: `driftloop_${string}`;
  kind: 'counter' | 'gauge';
  help: string;
  labels: readonly string[];
}>;

export const metricTable = {
  outcomes: {
    name: 'driftloop_outcomes_total',
    kind: 'counter',
    help: 'Predictions whose label became known, by the label (what was right) and what the version had predicted.',
    labels: ['namespace', 'model', 'version', 'label', 'predicted', 'partition'],
  },
  outcomesWithdrawn: {
    name: 'driftloop_outcomes_withdrawn_total',
    kind: 'counter',
    help: 'Outcomes that a later correction or retraction took back; a corrected one counts as a new outcome too.',
    labels: ['namespace', 'model', 'version', 'label', 'predicted', 'partition'],
  },
  predictions: {
    name: 'driftloop_predictions_total',
    kind: 'counter',
    help: 'Predictions stored, by the label that was predicted.',
    labels: ['namespace', 'model', 'version', 'label', 'partition'],
  },
  ratings: {
    name: 'driftloop_ratings_total',
    kind: 'counter',
    help: 'Answers that were rated: good (a thumb up, 4 or 5 of 5), bad (a thumb down, 1 or 2), or neither.',
    labels: ['namespace', 'model', 'version', 'rating', 'partition'],
  },
  offBy: {
    name: 'driftloop_off_by_total',
    kind: 'counter',
    help: 'How far off numbers were that became known (how="absolute"), and the same squared (how="squared"), added up.',
    labels: ['namespace', 'model', 'version', 'how', 'partition'],
  },
  offByWithdrawn: {
    name: 'driftloop_off_by_withdrawn_total',
    kind: 'counter',
    help: 'The same of what a later correction or retraction took back.',
    labels: ['namespace', 'model', 'version', 'how', 'partition'],
  },
  featureBins: {
    name: 'driftloop_feature_bin_total',
    kind: 'counter',
    help: 'Values of a feature in live predictions, by the bin of its reference (or missing, or unknown).',
    labels: ['namespace', 'model', 'version', 'feature', 'bin', 'partition'],
  },
  featureMissing: {
    name: 'driftloop_feature_missing_total',
    kind: 'counter',
    help: 'Live predictions in which a feature was missing.',
    labels: ['namespace', 'model', 'version', 'feature', 'partition'],
  },
  featureInvalid: {
    name: 'driftloop_feature_invalid_total',
    kind: 'counter',
    help: 'Live predictions in which a feature was not what its declaration allows.',
    labels: ['namespace', 'model', 'version', 'feature', 'partition'],
  },
  featureNew: {
    name: 'driftloop_feature_new_category_total',
    kind: 'counter',
    help: 'Live predictions in which a category was a word that no training row of the version had.',
    labels: ['namespace', 'model', 'version', 'feature', 'partition'],
  },
  featureBeyond: {
    name: 'driftloop_feature_out_of_range_total',
    kind: 'counter',
    help: 'Live predictions in which a number was below the smallest or above the largest of the training rows.',
    labels: ['namespace', 'model', 'version', 'feature', 'partition'],
  },
  repeatedInputs: {
    name: 'driftloop_repeated_inputs_total',
    kind: 'counter',
    help: 'Predictions whose input had come before, as far as an ingest process remembers: its newest 16,384 inputs, fewer than there were where several share the work.',
    labels: ['namespace', 'model', 'version', 'partition'],
  },
  scorePredictions: {
    name: 'driftloop_score_bin_total',
    kind: 'counter',
    help: 'Predictions stored, by the score of their answer: ten equal bins named by their lower bound (or unknown).',
    labels: ['namespace', 'model', 'version', 'bin', 'partition'],
  },
  scoreLabelled: {
    name: 'driftloop_score_labelled_rows',
    kind: 'gauge',
    help: 'Labelled rows so far, less the ones taken back, by the bin of the score of their answer. All partitions together, so that they fit.',
    labels: ['namespace', 'model', 'version', 'bin'],
  },
  slicePredictions: {
    name: 'driftloop_slice_predictions_total',
    kind: 'counter',
    help: 'Predictions stored, by the value of a declared slice (or its bin, or missing, or unknown).',
    labels: ['namespace', 'model', 'version', 'slice', 'value', 'partition'],
  },
  sliceOutcomes: {
    name: 'driftloop_slice_outcomes_total',
    kind: 'counter',
    help: 'Predictions whose label became known, by the value of a declared slice, right or wrong.',
    labels: ['namespace', 'model', 'version', 'slice', 'value', 'outcome', 'partition'],
  },
  sliceOutcomesWithdrawn: {
    name: 'driftloop_slice_outcomes_withdrawn_total',
    kind: 'counter',
    help: 'Outcomes of a declared slice that a later correction or retraction took back.',
    labels: ['namespace', 'model', 'version', 'slice', 'value', 'outcome', 'partition'],
  },
  sliceLabelRows: {
    name: 'driftloop_slice_label_rows',
    kind: 'gauge',
    help: 'Labelled rows of a declared slice so far, less the ones taken back: that bear a label (what="bear"), for which it was predicted (predicted), or both (right). All partitions together, so that they fit.',
    labels: ['namespace', 'model', 'version', 'slice', 'value', 'label', 'what'],
  },
  happenedPredictions: {
    name: 'driftloop_happened_predictions',
    kind: 'gauge',
    help: 'Predictions made in a stretch of event time, which ends so long ago (lag).',
    labels: ['namespace', 'model', 'version', 'window', 'lag'],
  },
  happenedLabelled: {
    name: 'driftloop_happened_labelled',
    kind: 'gauge',
    help: 'Predictions made in a stretch of event time whose label is known by now.',
    labels: ['namespace', 'model', 'version', 'window', 'lag'],
  },
  happenedCorrect: {
    name: 'driftloop_happened_correct',
    kind: 'gauge',
    help: 'Predictions made in a stretch of event time that are known to be right by now.',
    labels: ['namespace', 'model', 'version', 'window', 'lag'],
  },
  estimatedOutcomes: {
    name: 'driftloop_estimated_outcomes_total',
    kind: 'counter',
    help: 'Rows that are expected to bear a label, by calibrated scores, and what was predicted for them: outcomes before any label has come.',
    labels: ['namespace', 'model', 'version', 'label', 'predicted', 'partition'],
  },
  estimateChecked: {
    name: 'driftloop_estimate_checked_rows_total',
    kind: 'counter',
    help: 'Estimated rows whose label became known (what="rows"), how many of them were right, and how many were expected to be.',
    labels: ['namespace', 'model', 'version', 'what', 'partition'],
  },
  estimatorRows: {
    name: 'driftloop_estimator_rows',
    kind: 'gauge',
    help: 'Labelled rows that the estimates of a version were calibrated on; absent before there are enough.',
    labels: ['namespace', 'model', 'version'],
  },
  estimatorSpread: {
    name: 'driftloop_estimator_spread',
    kind: 'gauge',
    help: 'Variance that chance gives a metric of one row: that of n rows is the n-th part.',
    labels: ['namespace', 'model', 'version', 'metric'],
  },
  confidentRows: {
    name: 'driftloop_confident_rows_total',
    kind: 'counter',
    help: 'Rows that a method expects to be right from how sure their answers are, before its offset: of all that were predicted (of="asked"), and of those whose label became known (labelled).',
    labels: ['namespace', 'model', 'version', 'method', 'of', 'partition'],
  },
  confidenceOffset: {
    name: 'driftloop_confidence_offset',
    kind: 'gauge',
    help: 'What is added to the share of rows that a method expects to be right, from the rows that it was calibrated on.',
    labels: ['namespace', 'model', 'version', 'method'],
  },
  confidenceSpread: {
    name: 'driftloop_confidence_spread',
    kind: 'gauge',
    help: 'Variance of one row between whether it is right and what a method says of it.',
    labels: ['namespace', 'model', 'version', 'method'],
  },
  events: {
    name: 'driftloop_events_total',
    kind: 'counter',
    help: 'Messages that ingest has taken, by what became of them; without a model where it is not known.',
    labels: ['namespace', 'model', 'kind'],
  },
  championInfo: {
    name: 'driftloop_champion_info',
    kind: 'gauge',
    help: '1 for the version that answers production.',
    labels: ['namespace', 'model', 'version'],
  },
  challengerShare: {
    name: 'driftloop_challenger_share',
    kind: 'gauge',
    help: 'Share of the traffic (0-1) that a challenger answers; 0 while it only sees copies.',
    labels: ['namespace', 'model', 'version'],
  },
  referenceShare: {
    name: 'driftloop_reference_share',
    kind: 'gauge',
    help: 'Share (0-1) of the training rows in each bin of a feature; what live bins are compared with.',
    labels: ['namespace', 'model', 'version', 'feature', 'bin'],
  },
  referenceLabelShare: {
    name: 'driftloop_reference_label_share',
    kind: 'gauge',
    help: 'Share (0-1) of each label among what the version predicts on its reference rows.',
    labels: ['namespace', 'model', 'version', 'label'],
  },
  regret: {
    name: 'driftloop_regret_errors',
    kind: 'gauge',
    help: 'Errors that the champion made beyond its own reference since it took over.',
    labels: ['namespace', 'model', 'version'],
  },
  detectorDrifts: {
    name: 'driftloop_detector_drifts_total',
    kind: 'counter',
    help: 'Drifts that a detector has found in the errors of the champion since it took over.',
    labels: ['namespace', 'model', 'version', 'detector'],
  },
  detectorSuspects: {
    name: 'driftloop_detector_suspects',
    kind: 'gauge',
    help: '1 while a detector warns that the error rate of the champion may have changed.',
    labels: ['namespace', 'model', 'version', 'detector'],
  },
  alarmBudgetVerified: {
    name: 'driftloop_alarm_budget_verified',
    kind: 'gauge',
    help: '1 where a monitor has history enough to keep its budget of false alarms, 0 where that cannot be verified yet.',
    labels: ['namespace', 'model', 'version', 'detector'],
  },
  trainingPrice: {
    name: 'driftloop_training_price_errors',
    kind: 'gauge',
    help: 'What one training is worth, in errors; regret of that height is an alert.',
    labels: ['namespace', 'model'],
  },
  drillTime: {
    name: 'driftloop_rollback_drill_time_seconds',
    kind: 'gauge',
    help: 'When the way back was last tried, as Unix time; absent before the first try.',
    labels: ['namespace', 'model'],
  },
  drillOpen: {
    name: 'driftloop_rollback_drill_open',
    kind: 'gauge',
    help: '1 where the way back was open when it was last tried, 0 where it was closed: the audit log says why.',
    labels: ['namespace', 'model'],
  },
  drillOpenTime: {
    name: 'driftloop_rollback_drill_success_time_seconds',
    kind: 'gauge',
    help: 'When the way back was last found open, as Unix time.',
    labels: ['namespace', 'model'],
  },
  drillSeconds: {
    name: 'driftloop_rollback_drill_seconds',
    kind: 'gauge',
    help: 'How long it took then until the earlier version could take over.',
    labels: ['namespace', 'model'],
  },
  cappedSeries: {
    name: 'driftloop_capped_series',
    kind: 'gauge',
    help: 'Series of a model that are not exported because it would have more than seriesPerModel.',
    labels: ['namespace', 'model'],
  },
  labelledRows: {
    name: 'driftloop_labelled_rows',
    kind: 'gauge',
    help: 'Labelled examples of a model so far.',
    labels: ['namespace', 'model'],
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricKey = keyof typeof metricTable;
/** The labels that a metric has, by key of the table. */
export type LabelsOf<K extends MetricKey> = Readonly<
  Record<(typeof metricTable)[K]['labels'][number], string>
>;
