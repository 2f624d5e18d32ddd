import type { Knobs } from '../knobs.ts';
import { andersonTest } from './anderson-ksamp.ts';
import { chi2 } from './chi2.ts';
import { cramersVTest } from './cramers-v.ts';
import { cramerVonMisesTest } from './cramervonmises.ts';
import { domainClassifier } from './domain-classifier.ts';
import { energyTest } from './energy-distance.ts';
import { hellingerTest } from './hellinger.ts';
import { jensenShannonTest } from './jensen-shannon.ts';
import { kullbackLeiblerTest } from './kl.ts';
import { ks } from './ks.ts';
import { largestShiftTest } from './l-infinity.ts';
import { mannWhitneyTest } from './mannwhitneyu.ts';
import { mmd } from './mmd.ts';
import { psi } from './psi.ts';
import type { SampleTest } from './sample-test.ts';
import { softmaxShift } from './softmax-shift.ts';
import { totalVariationTest } from './total-variation.ts';
import { wassersteinTest } from './wasserstein.ts';
import { welchTest } from './welch.ts';

/** Every test of two samples, for whoever finds one by its name. */
export const everySampleTest: readonly SampleTest<Knobs>[] = [
  psi,
  jensenShannonTest,
  kullbackLeiblerTest,
  hellingerTest,
  totalVariationTest,
  largestShiftTest,
  ks,
  wassersteinTest,
  energyTest,
  cramerVonMisesTest,
  andersonTest,
  mannWhitneyTest,
  welchTest,
  chi2,
  cramersVTest,
  mmd,
  domainClassifier,
  softmaxShift,
];
