import { expect } from 'vitest';
import * as distributions from '../../../../statistics/distributions.ts';
import { mcnemar, mcnemarChiSquare } from '../../../../statistics/mcnemar.ts';
import * as many from '../../../../statistics/multiple-testing.ts';
import {
  agrestiCoull,
  clopperPearson,
  jeffreys,
  twoProportionZ,
  wilson,
} from '../../../../statistics/proportions.ts';
import type { Interval } from '../../../../statistics/proportions.ts';
import { checkEvery, expectAllClose, expectClose, toleranceOf } from '../vector.ts';
import type { Vector } from '../vector.ts';

const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  norm_cdf: distributions.normalCdf,
  norm_sf: distributions.normalTail,
  norm_ppf: distributions.normalQuantile,
  t_cdf: distributions.studentCdf,
  t_ppf: distributions.studentQuantile,
  chi2_sf: distributions.chiSquareTail,
  chi2_ppf: distributions.chiSquareQuantile,
  beta_cdf: distributions.betaCdf,
  beta_ppf: distributions.betaQuantile,
  gamma_cdf: distributions.gammaCdf,
  binom_cdf: distributions.binomialCdf,
  poisson_cdf: distributions.poissonCdf,
  kolmogorov_sf: distributions.kolmogorovLimitTail,
  f_sf: distributions.fisherTail,
};

/** Rows of arguments, with the value last. */
export function distributionsCase(vector: Vector<object, Record<string, number[][]>>): void {
  const checks = Object.entries(functions).map(([name, fn]) => [
    name,
    (rows: number[][]) => {
      const tolerance = toleranceOf(vector, name.endsWith('_ppf') ? 'ppf' : 'cdf_sf');
      for (const row of rows)
        expectClose(fn(...row.slice(0, -1)), row.at(-1)!, tolerance, `${name}(${row.slice(0, -1).join()})`);
    },
  ]);
  checkEvery(vector.expected, Object.fromEntries(checks), vector.id);
}

type Correction = { reject: number[]; p_adjusted: number[] };

export function multipleTesting(vector: Vector<{ p_lists: number[][] }>): void {
  const { id, input, params } = vector;
  const alpha = params['alpha'] as number;
  const corrections: Record<string, (pValues: readonly number[]) => number[]> = {
    bonferroni: many.bonferroni,
    sidak: many.sidak,
    holm: many.holm,
    'holm-sidak': many.holmSidak,
    'simes-hochberg': many.hochberg,
    hommel: many.hommel,
    fdr_bh: many.benjaminiHochberg,
    fdr_by: many.benjaminiYekutieli,
    fdr_tsbh: (pValues) => many.twoStageBenjaminiHochberg(pValues, alpha),
  };
  checkEvery(
    vector.expected,
    {
      results(results: Record<string, Correction>[]) {
        expect(results).toHaveLength(input.p_lists.length);
        for (const [i, pValues] of input.p_lists.entries())
          checkEvery(
            results[i]!,
            Object.fromEntries(
              Object.entries(corrections).map(([name, correct]) => [
                name,
                ({ reject, p_adjusted }: Correction) => {
                  const adjusted = correct(pValues);
                  const what = `${id}, ${name} of list ${i}`;
                  expectAllClose(adjusted, p_adjusted, toleranceOf(vector, 'p_adjusted'), what);
                  const rejected = adjusted.map((p) => (p <= alpha ? 1 : 0));
                  expect(rejected, `${what}, rejected`).toEqual(reject.map(Number));
                },
              ]),
            ),
            id,
          );
      },
    },
    id,
  );
}

type Intervals = { k: number; n: number; binom_test_p_half: number } & Record<
  string,
  number | [number, number]
>;
type TwoShares = { k1: number; n1: number; k2: number; n2: number; z_pooled: number; p: number };
type Discordant = { b: number; c: number; exact_p: number; chi2_cc: number; chi2_cc_p: number };

export function proportions(vector: Vector): void {
  const { id, tolerance } = vector;
  const intervals: Record<string, (k: number, n: number) => Interval> = {
    wilson,
    clopper_pearson: clopperPearson,
    agresti_coull: agrestiCoull,
    jeffreys,
  };
  checkEvery(
    vector.expected,
    {
      intervals(rows: Intervals[]) {
        for (const { k, n, binom_test_p_half, ...wanted } of rows) {
          // A share of one half: whether k of n is as likely as n − k of n, which is McNemar's question.
          expectClose(mcnemar(k, n - k).exactP, binom_test_p_half, tolerance, `${id}, p of ${k} of ${n}`);
          for (const [name, interval] of Object.entries(wanted)) {
            const ours = intervals[name];
            if (ours === undefined) throw new Error(`${id}: nobody checks "${name}"`);
            const { low, high } = ours(k, n);
            expectAllClose(
              [low, high],
              interval as [number, number],
              tolerance,
              `${id}, ${name} of ${k} of ${n}`,
            );
          }
        }
      },
      two_proportion_z(rows: TwoShares[]) {
        for (const { k1, n1, k2, n2, z_pooled, p } of rows) {
          const tested = twoProportionZ({ successes: k1, trials: n1 }, { successes: k2, trials: n2 });
          expectAllClose([tested.z, tested.p], [z_pooled, p], tolerance, `${id}, z of ${k1} of ${n1}`);
        }
      },
      mcnemar(rows: Discordant[]) {
        for (const { b, c, exact_p, chi2_cc, chi2_cc_p } of rows) {
          const { statistic, pValue } = mcnemarChiSquare(b, c);
          expectAllClose(
            [mcnemar(b, c).exactP, statistic, pValue],
            [exact_p, chi2_cc, chi2_cc_p],
            tolerance,
            `${id}, McNemar of ${b} and ${c}`,
          );
        }
      },
    },
    id,
  );
}
