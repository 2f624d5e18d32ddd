/**
 * Every series that the recording rules make, in one table: rules, console and docs/reference read it.
 *
 * `…:max` is one absolute series out of the copies of all instances; `…:since` is the value with which it was first
 * seen without a gap. `…:window` looks at the stretch named by its label `window`. A series that has no rows to speak
 * of is absent, never 0 or 1: no data is neither health nor drift.
 */
type RecordedRow = Readonly<{ name: `driftloop:${string}`; help: string; labels: readonly string[] }>;

const ofVersion = ['namespace', 'model', 'version', 'window'] as const;

export const recordedTable = {
  outcomes: {
    name: 'driftloop:outcomes:window',
    help: 'Labels that became known in the window, less the ones taken back, by label and prediction.',
    labels: [...ofVersion, 'label', 'predicted'],
  },
  labelledRows: {
    name: 'driftloop:labelled_rows:window',
    help: 'Labelled rows in the window.',
    labels: ofVersion,
  },
  correct: {
    name: 'driftloop:correct_rows:window',
    help: 'Labelled rows in the window that were predicted right, by label.',
    labels: [...ofVersion, 'label'],
  },
  support: {
    name: 'driftloop:label_rows:window',
    help: 'Rows in the window that bear a label.',
    labels: [...ofVersion, 'label'],
  },
  predicted: {
    name: 'driftloop:predicted_rows:window',
    help: 'Labelled rows in the window for which a label was predicted.',
    labels: [...ofVersion, 'label'],
  },
  accuracy: {
    name: 'driftloop:accuracy:window',
    help: 'Share (0-1) of right predictions among the labelled rows in the window.',
    labels: ofVersion,
  },
  macroPrecision: {
    name: 'driftloop:macro_precision:window',
    help: 'Mean precision over the labels seen in the window; 0 for a label that was never predicted.',
    labels: ofVersion,
  },
  macroRecall: {
    name: 'driftloop:macro_recall:window',
    help: 'Mean recall over the labels seen in the window; 0 for a label that never was right.',
    labels: ofVersion,
  },
  macroF1: {
    name: 'driftloop:macro_f1:window',
    help: 'Mean F1 over the labels seen in the window.',
    labels: ofVersion,
  },
  labelPrecision: {
    name: 'driftloop:label_precision:window',
    help: 'Of the labelled rows in the window for which a label was predicted, the share (0-1) that bears it; absent where none was.',
    labels: [...ofVersion, 'label'],
  },
  labelRecall: {
    name: 'driftloop:label_recall:window',
    help: 'Of the rows in the window that bear a label, the share (0-1) for which it was predicted; absent where none bears it.',
    labels: [...ofVersion, 'label'],
  },
  labelF1: {
    name: 'driftloop:label_f1:window',
    help: 'F1 of a label in the window; absent where it neither came nor was predicted.',
    labels: [...ofVersion, 'label'],
  },
  championAccuracy: {
    name: 'driftloop:champion_accuracy:window',
    help: 'Accuracy in the window, of the champion only.',
    labels: ofVersion,
  },
  championMacroPrecision: {
    name: 'driftloop:champion_macro_precision:window',
    help: 'Macro precision in the window, of the champion only.',
    labels: ofVersion,
  },
  championMacroRecall: {
    name: 'driftloop:champion_macro_recall:window',
    help: 'Macro recall in the window, of the champion only.',
    labels: ofVersion,
  },
  championMacroF1: {
    name: 'driftloop:champion_macro_f1:window',
    help: 'Macro F1 in the window, of the champion only.',
    labels: ofVersion,
  },
  championLabelledRows: {
    name: 'driftloop:champion_labelled_rows:window',
    help: 'Labelled rows in the window, of the champion only.',
    labels: ofVersion,
  },
  happenedAccuracy: {
    name: 'driftloop:happened_accuracy:window',
    help: 'Share (0-1) of right answers among the labelled predictions that were made in the window, which ends so long ago (lag).',
    labels: [...ofVersion, 'lag'],
  },
  happenedCoverage: {
    name: 'driftloop:happened_coverage:window',
    help: 'Share (0-1) of the predictions made in the window whose label is known by now: with little of it the accuracy misleads.',
    labels: [...ofVersion, 'lag'],
  },
  happenedLabelled: {
    name: 'driftloop:happened_labelled:window',
    help: 'Predictions made in the window whose label is known by now.',
    labels: [...ofVersion, 'lag'],
  },
  estimatedOutcomes: {
    name: 'driftloop:estimated_outcomes:window',
    help: 'Rows predicted in the window that are expected to bear a label, by label and prediction.',
    labels: [...ofVersion, 'label', 'predicted'],
  },
  estimatedRows: {
    name: 'driftloop:estimated_rows:window',
    help: 'Rows predicted in the window that there is an estimate of.',
    labels: ofVersion,
  },
  estimatedCorrect: {
    name: 'driftloop:estimated_correct_rows:window',
    help: 'Rows predicted in the window that are expected to be right, by label.',
    labels: [...ofVersion, 'label'],
  },
  estimatedSupport: {
    name: 'driftloop:estimated_label_rows:window',
    help: 'Rows predicted in the window that are expected to bear a label.',
    labels: [...ofVersion, 'label'],
  },
  estimatedPredicted: {
    name: 'driftloop:estimated_predicted_rows:window',
    help: 'Estimated rows in the window for which a label was predicted.',
    labels: [...ofVersion, 'label'],
  },
  estimatedAccuracy: {
    name: 'driftloop:estimated_accuracy:window',
    help: 'Accuracy of the predictions in the window as it is expected without labels (CBPE). Blind to a change of what inputs mean.',
    labels: ofVersion,
  },
  estimatedMacroPrecision: {
    name: 'driftloop:estimated_macro_precision:window',
    help: 'Macro precision as it is expected without labels.',
    labels: ofVersion,
  },
  estimatedMacroRecall: {
    name: 'driftloop:estimated_macro_recall:window',
    help: 'Macro recall as it is expected without labels.',
    labels: ofVersion,
  },
  estimatedMacroF1: {
    name: 'driftloop:estimated_macro_f1:window',
    help: 'Macro F1 as it is expected without labels.',
    labels: ofVersion,
  },
  estimatedLow: {
    name: 'driftloop:estimated_low:window',
    help: 'Three standard errors below an estimate: what chance alone makes of so many rows.',
    labels: [...ofVersion, 'metric'],
  },
  estimatedHigh: {
    name: 'driftloop:estimated_high:window',
    help: 'Three standard errors above an estimate.',
    labels: [...ofVersion, 'metric'],
  },
  estimatedGap: {
    name: 'driftloop:estimated_gap:window',
    help: 'By how much more rows were expected to be right than were, of those whose label became known in the window.',
    labels: ofVersion,
  },
  estimatedTrust: {
    name: 'driftloop:estimated_trust:window',
    help: '1 where the estimates agree with the labels that became known in the window, 0 where they differ by more than chance; absent with too few labels to tell.',
    labels: ofVersion,
  },
  methodAccuracy: {
    name: 'driftloop:estimated_accuracy_by_method:window',
    help: 'Accuracy as it is expected without labels, by method: cbpe (calibrated probabilities), atc (how many answers are sure enough), difference-of-confidences (how much less sure they are).',
    labels: [...ofVersion, 'method'],
  },
  methodLow: {
    name: 'driftloop:estimated_low_by_method:window',
    help: 'Three standard errors below the estimate of a method.',
    labels: [...ofVersion, 'method'],
  },
  methodHigh: {
    name: 'driftloop:estimated_high_by_method:window',
    help: 'Three standard errors above the estimate of a method.',
    labels: [...ofVersion, 'method'],
  },
  methodGap: {
    name: 'driftloop:estimated_gap_by_method:window',
    help: 'By how much more rows a method expected to be right than were, of those whose label became known in the window.',
    labels: [...ofVersion, 'method'],
  },
  methodTrust: {
    name: 'driftloop:estimated_trust_by_method:window',
    help: '1 where a method agrees with the labels that became known in the window, 0 where it differs by more than chance; absent with too few labels to tell.',
    labels: [...ofVersion, 'method'],
  },
  scorePredictions: {
    name: 'driftloop:score_bin:window',
    help: 'Predictions in the window, by the bin of the score of their answer.',
    labels: [...ofVersion, 'bin'],
  },
  scoreShare: {
    name: 'driftloop:score_share:window',
    help: 'Share (0-1) of each bin of scores among the predictions in the window.',
    labels: [...ofVersion, 'bin'],
  },
  scoreLabelled: {
    name: 'driftloop:score_labelled:window',
    help: 'Labels that became known in the window, less the ones taken back, by the bin of the score of the answer.',
    labels: [...ofVersion, 'bin'],
  },
  scoreCoverage: {
    name: 'driftloop:score_coverage:window',
    help: 'Labels that became known for each prediction in the window, by the bin of the score: labels that only exist for some predictions mislead.',
    labels: [...ofVersion, 'bin'],
  },
  slicePredictions: {
    name: 'driftloop:slice_predictions:window',
    help: 'Predictions in the window, by the value of a declared slice.',
    labels: [...ofVersion, 'slice', 'value'],
  },
  sliceOutcomes: {
    name: 'driftloop:slice_outcomes:window',
    help: 'Labels that became known in the window, less the ones taken back, by the value of a declared slice, right or wrong.',
    labels: [...ofVersion, 'slice', 'value', 'outcome'],
  },
  sliceRows: {
    name: 'driftloop:slice_rows:window',
    help: 'Labelled rows in the window, by the value of a declared slice.',
    labels: [...ofVersion, 'slice', 'value'],
  },
  sliceAccuracy: {
    name: 'driftloop:slice_accuracy:window',
    help: 'Share (0-1) of right predictions among the labelled rows in the window, by the value of a declared slice.',
    labels: [...ofVersion, 'slice', 'value'],
  },
  ratings: {
    name: 'driftloop:ratings:window',
    help: 'Answers that were rated in the window: good, bad, or neither.',
    labels: [...ofVersion, 'rating'],
  },
  goodRatings: {
    name: 'driftloop:good_rating_share:window',
    help: 'Share (0-1) of good ones among the ratings in the window.',
    labels: ofVersion,
  },
  offBy: {
    name: 'driftloop:off_by:window',
    help: 'How far off the numbers were that became known in the window (how="absolute"), and the same squared, added up.',
    labels: [...ofVersion, 'how'],
  },
  mae: {
    name: 'driftloop:mean_absolute_error:window',
    help: 'Mean of how far off the labelled numbers in the window were.',
    labels: ofVersion,
  },
  rmse: {
    name: 'driftloop:root_mean_squared_error:window',
    help: 'Root of the mean square of how far off the labelled numbers in the window were.',
    labels: ofVersion,
  },
  championMae: {
    name: 'driftloop:champion_mean_absolute_error:window',
    help: 'The mean absolute error of the champion.',
    labels: ofVersion,
  },
  championRmse: {
    name: 'driftloop:champion_root_mean_squared_error:window',
    help: 'The root mean squared error of the champion.',
    labels: ofVersion,
  },
  sliceCoverage: {
    name: 'driftloop:slice_coverage:window',
    help: 'Labels that became known for each prediction in the window, by the value of a declared slice: those that differ much mislead.',
    labels: [...ofVersion, 'slice', 'value'],
  },
  sliceLabelRows: {
    name: 'driftloop:slice_label_rows:window',
    help: 'Labelled rows in the window of a declared slice, by label: that bear it, for which it was predicted, or both (right).',
    labels: [...ofVersion, 'slice', 'value', 'label', 'what'],
  },
  sliceMacroF1: {
    name: 'driftloop:slice_macro_f1:window',
    help: 'Mean F1 over the labels seen in the window, by the value of a declared slice.',
    labels: [...ofVersion, 'slice', 'value'],
  },
  detectorDrifts: {
    name: 'driftloop:detector_drifts:window',
    help: 'Drifts that a detector has found in the errors of the champion in the window.',
    labels: [...ofVersion, 'detector'],
  },
  burnRate: {
    name: 'driftloop:error_budget:burn_rate',
    help: 'How many times as fast as it may the error budget of an objective burns in the window; 1 uses it up exactly.',
    labels: [...ofVersion, 'metric', 'objective'],
  },
  budgetLeft: {
    name: 'driftloop:error_budget:left',
    help: 'What is left of the error budget of an objective over its stretch: 1 is all of it, below 0 it is overdrawn.',
    labels: [...ofVersion, 'metric', 'objective'],
  },
  predictions: {
    name: 'driftloop:predictions:window',
    help: 'Predictions in the window, by predicted label.',
    labels: [...ofVersion, 'label'],
  },
  askedRows: {
    name: 'driftloop:asked_rows:window',
    help: 'Predictions in the window.',
    labels: ofVersion,
  },
  predictionRate: {
    name: 'driftloop:predictions:per_second',
    help: 'Predictions a second, over the window.',
    labels: ofVersion,
  },
  feedbackRate: {
    name: 'driftloop:feedback:per_second',
    help: 'Labels that became known a second, over the window.',
    labels: ofVersion,
  },
  predictionShare: {
    name: 'driftloop:prediction_share:window',
    help: 'Share (0-1) of each label among the predictions in the window.',
    labels: [...ofVersion, 'label'],
  },
  predictionReference: {
    name: 'driftloop:prediction_reference:window',
    help: 'Share (0-1) of each label among the reference predictions, beside the share in the window.',
    labels: [...ofVersion, 'label'],
  },
  predictionPsi: {
    name: 'driftloop:prediction_psi:window',
    help: 'Population stability index of the predicted labels against the reference.',
    labels: ofVersion,
  },
  predictionJs: {
    name: 'driftloop:prediction_js:window',
    help: 'Jensen-Shannon distance (base 2, 0-1) of the predicted labels from the reference.',
    labels: ofVersion,
  },
  featureBins: {
    name: 'driftloop:feature_bin:window',
    help: 'Values of a feature in the window, by bin.',
    labels: [...ofVersion, 'feature', 'bin'],
  },
  featureRows: {
    name: 'driftloop:feature_rows:window',
    help: 'Values of a feature in the window.',
    labels: [...ofVersion, 'feature'],
  },
  featureShare: {
    name: 'driftloop:feature_share:window',
    help: 'Share (0-1) of each bin among the values of a feature in the window.',
    labels: [...ofVersion, 'feature', 'bin'],
  },
  featureReference: {
    name: 'driftloop:feature_reference:window',
    help: 'Share (0-1) of each bin among the training rows of the version, beside the share in the window.',
    labels: [...ofVersion, 'feature', 'bin'],
  },
  psi: {
    name: 'driftloop:psi:window',
    help: 'Population stability index of a feature against the training rows of the version.',
    labels: [...ofVersion, 'feature'],
  },
  js: {
    name: 'driftloop:js:window',
    help: 'Jensen-Shannon distance (base 2, 0-1) of a feature from the training rows of the version.',
    labels: [...ofVersion, 'feature'],
  },
  championPsi: {
    name: 'driftloop:champion_psi:window',
    help: 'Population stability index of a feature, of the champion only.',
    labels: [...ofVersion, 'feature'],
  },
  missingShare: {
    name: 'driftloop:missing_share:window',
    help: 'Share (0-1) of the predictions in the window in which a feature was missing.',
    labels: [...ofVersion, 'feature'],
  },
  invalidShare: {
    name: 'driftloop:invalid_share:window',
    help: 'Share (0-1) of the predictions in the window in which a feature was not what its declaration allows.',
    labels: [...ofVersion, 'feature'],
  },
  newCategoryShare: {
    name: 'driftloop:new_category_share:window',
    help: 'Share (0-1) of the predictions in the window in which a category was a word that no training row had.',
    labels: [...ofVersion, 'feature'],
  },
  outOfRangeShare: {
    name: 'driftloop:out_of_range_share:window',
    help: 'Share (0-1) of the predictions in the window in which a number was outside the range of the training rows.',
    labels: [...ofVersion, 'feature'],
  },
  repeatedShare: {
    name: 'driftloop:repeated_share:window',
    help: 'Share (0-1) of the predictions in the window whose input had come before, at least.',
    labels: ofVersion,
  },
  dataProblem: {
    name: 'driftloop:data_problem:window',
    help: 'Share (0-1) of the predictions in the window with a problem of the data, beyond what the training rows had of it: missing, invalid, new-category, out-of-range; or repeated (without a feature), beyond the window before.',
    labels: [...ofVersion, 'feature', 'problem'],
  },
  championRegret: {
    name: 'driftloop:champion_regret:errors',
    help: 'Errors of the champion beyond its own reference since it took over.',
    labels: ['namespace', 'model', 'version'],
  },
  trainingPrice: {
    name: 'driftloop:training_price:errors',
    help: 'What one training is worth, in errors.',
    labels: ['namespace', 'model'],
  },
} as const satisfies Readonly<Record<string, RecordedRow>>;

export type RecordedKey = keyof typeof recordedTable;
