import type { Vector } from '../vector.ts';
import { calibrationMetrics } from './calibration.ts';
import { cbpeBinary, cbpeMulticlass, labelFreeAccuracy } from './label-free.ts';
import { delayedLabels } from './delayed-labels.ts';
import * as samples from './samples.ts';
import { sequential } from './sequential.ts';
import * as statistics from './statistics.ts';
import { detector, kswinCase, stream } from './streams.ts';
import { univariateDrift } from './univariate.ts';

/** How a case of a family is run: it fails where we answer otherwise. */
type Run = (vector: Vector<never, never>) => void;

/** By what a file's name begins with; the longest that fits. */
const families: Readonly<Record<string, Run>> = {
  stream,
  kswin: kswinCase,
  'two-sample': samples.twoSample,
  'wasserstein-weighted': samples.wassersteinWeighted,
  'chi2-contingency': samples.chiSquareCase,
  'histogram-distances': samples.histogramDistances,
  psi: samples.psiCase,
  mmd: samples.mmdCase,
  'domain-classifier': samples.domainClassifierCase,
  'label-free-accuracy': labelFreeAccuracy,
  'cbpe-binary': cbpeBinary,
  'cbpe-binary-nocalibration': cbpeBinary,
  'cbpe-multiclass': cbpeMulticlass,
  'nannyml-univariate-drift': univariateDrift,
  sequential,
  'delayed-labels': delayedLabels,
  'calibration-metrics': calibrationMetrics,
  distributions: statistics.distributionsCase,
  'multiple-testing': statistics.multipleTesting,
  proportions: statistics.proportions,
  ...Object.fromEntries(
    ['adwin', 'ddm', 'eddm', 'hddm-a', 'hddm-w', 'fhddm', 'page-hinkley', 'stepd'].map((name) => [
      name,
      detector(name),
    ]),
  ),
};

/** How to run a file. Throws for one that no family claims. */
export function familyOf(file: string): Run {
  const fits = Object.keys(families)
    .filter((family) => file.endsWith('.json') && new RegExp(`^${family}(-|\\.json$)`).test(file))
    .sort((a, b) => b.length - a.length);
  const run = families[fits[0] ?? ''];
  if (run === undefined)
    throw new Error(
      `${file} is of no family that is known here: ${Object.keys(families).join(', ')}. Say in tests/vectors/drift/families how it is run.`,
    );
  return run;
}
