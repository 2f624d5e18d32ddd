import { describe, test } from 'vitest';
import { mcnemar } from '../../../statistics/mcnemar.ts';
import { clopperPearson, twoProportionZ, wilson, type Interval } from '../../../statistics/proportions.ts';
import { expectClose, needsVectors, readVector } from './vector.ts';

type Expected = {
  intervals: { k: number; n: number; wilson: [number, number]; clopper_pearson: [number, number] }[];
  two_proportion_z: { k1: number; n1: number; k2: number; n2: number; z_pooled: number; p: number }[];
  mcnemar: { b: number; c: number; exact_p: number }[];
};
const tolerance = { rel: 1e-8, abs: 1e-12 };
const expectInterval = ({ low, high }: Interval, [lowest, highest]: [number, number], what: string) => {
  expectClose(low, lowest, tolerance, what);
  expectClose(high, highest, tolerance, what);
};

describe.skipIf(needsVectors().skip)('proportions, as statsmodels has them', () => {
  const read = () => readVector<object, Expected>('proportions').expected;

  test('Wilson and Clopper–Pearson intervals', () => {
    for (const { k, n, ...expected } of read().intervals) {
      expectInterval(wilson(k, n), expected.wilson, `wilson ${k} of ${n}`);
      expectInterval(clopperPearson(k, n), expected.clopper_pearson, `clopper-pearson ${k} of ${n}`);
    }
  });

  test('the z-test of two shares', () => {
    for (const { k1, n1, k2, n2, z_pooled, p } of read().two_proportion_z) {
      const tested = twoProportionZ({ successes: k1, trials: n1 }, { successes: k2, trials: n2 });
      expectClose(tested.z, z_pooled, tolerance);
      expectClose(tested.p, p, tolerance);
    }
  });

  test('McNemar, exact', () => {
    for (const { b, c, exact_p } of read().mcnemar) expectClose(mcnemar(b, c).exactP, exact_p, tolerance);
  });
});
