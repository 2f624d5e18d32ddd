/** The detectors as a program uses them: `detectors.adwin.create({ delta: 0.01 })`, `detectors.ks`, `detectors.fitCbpe`. */
export { adwin } from './streams/adwin.ts';
export { confidenceSequence } from './streams/confidence-sequence.ts';
export { cusum } from './streams/cusum.ts';
export { ddm } from './streams/ddm.ts';
export { eddm } from './streams/eddm.ts';
export { fhddm } from './streams/fhddm.ts';
export { hddmA } from './streams/hddm-a.ts';
export { hddmW } from './streams/hddm-w.ts';
export { kswin } from './streams/kswin.ts';
export { pageHinkley } from './streams/page-hinkley.ts';
export { stepd } from './streams/stepd.ts';
export type { Stream, StreamDetector, StreamFindings, StreamState } from './streams/stream-detector.ts';

export { andersonTest } from './samples/anderson-ksamp.ts';
export { chi2 } from './samples/chi2.ts';
export { cramersVTest } from './samples/cramers-v.ts';
export { cramerVonMisesTest } from './samples/cramervonmises.ts';
export { domainClassifier } from './samples/domain-classifier.ts';
export { energyTest } from './samples/energy-distance.ts';
export { hellingerTest } from './samples/hellinger.ts';
export { jensenShannonTest } from './samples/jensen-shannon.ts';
export { kullbackLeiblerTest } from './samples/kl.ts';
export { ks } from './samples/ks.ts';
export { largestShiftTest } from './samples/l-infinity.ts';
export { mannWhitneyTest } from './samples/mannwhitneyu.ts';
export { mmd } from './samples/mmd.ts';
export { psi } from './samples/psi.ts';
export { softmaxShift } from './samples/softmax-shift.ts';
export { totalVariationTest } from './samples/total-variation.ts';
export { wassersteinTest } from './samples/wasserstein.ts';
export { welchTest } from './samples/welch.ts';
export type { Compared, Sample, SampleTest } from './samples/sample-test.ts';

export { estimateAtc, fitAtc } from './label-free/atc.ts';
export { averageConfidence } from './label-free/average-confidence.ts';
export { estimateCbpe, fitCbpe } from './label-free/cbpe.ts';
export {
  estimateDifferenceOfConfidences,
  fitDifferenceOfConfidences,
} from './label-free/difference-of-confidences.ts';
export { estimateImportanceWeighted } from './label-free/importance-weighted.ts';

export { findMethod } from './find-method.ts';
export { observeBudget, startBudget } from '../drift-budget/drift-budget.ts';
export type { BudgetAlarm, BudgetRow, DriftBudget } from '../drift-budget/drift-budget.ts';
