import { expect } from 'vitest';
import { classifyDomains } from '../../../../monitors/detectors/samples/domain-classifier.ts';
import { everySampleTest } from '../../../../monitors/detectors/samples/every-sample-test.ts';
import { kolmogorovSmirnov } from '../../../../monitors/detectors/samples/ks.ts';
import {
  discrepancy,
  kernelOf,
  medianSigma,
  squaredDistances,
} from '../../../../monitors/detectors/samples/mmd.ts';
import { chiSquare, fisherExact, goodnessOfFit } from '../../../../statistics/contingency.ts';
import { energyDistance, wasserstein } from '../../../../statistics/empirical.ts';
import type { Side } from '../../../../statistics/kolmogorov.ts';
import { welch } from '../../../../statistics/welch.ts';
import * as shares from '../../../../statistics/shares.ts';
import { checkEvery, expectAllClose, expectClose, notChecked, toleranceOf } from '../vector.ts';
import type { Vector } from '../vector.ts';

const methodNamed = (name: string) => everySampleTest.find((method) => method.name === name)!;

type Pair = { a: number[]; b: number[] };
type Ks = { D: number; p: number; location: number; sign: number };

export function twoSample(vector: Vector<Pair>): void {
  const { id, input, expected } = vector;
  const { a, b } = input;
  const at = (name: string) => toleranceOf(vector, name);
  const tested = (name: string, wanted: { statistic: number; p?: number }, p?: string) => {
    const { statistic, pValue } = methodNamed(name).compare(a, b);
    expectClose(statistic, wanted.statistic, at('statistic'), `${id}, ${name}`);
    if (p !== undefined) expectClose(pValue!, wanted.p!, at(p), `${id}, p of ${name}`);
  };
  checkEvery(
    expected,
    {
      ks(cases: Record<string, Ks>) {
        for (const [which, wanted] of Object.entries(cases)) {
          const [alternative, method] = which.split('/') as [Side, 'auto' | 'exact' | 'asymp'];
          const found = kolmogorovSmirnov(a, b, { alternative, method });
          expectClose(found.statistic, wanted.D, at('statistic'), `${id}, D of ${which}`);
          expectClose(
            found.pValue,
            wanted.p,
            at(method === 'asymp' ? 'ks_p_asymp' : 'ks_p_exact'),
            `${id}, p of ${which}`,
          );
          expect([found.location, found.sign], `${id}, where of ${which}`).toEqual([
            wanted.location,
            wanted.sign,
          ]);
        }
      },
      wasserstein: (statistic: number) => tested('wasserstein', { statistic }),
      energy_distance: (statistic: number) => tested('energy-distance', { statistic }),
      cramervonmises: (wanted: { statistic: number; p: number }) => tested('cramervonmises', wanted, 'cvm_p'),
      mannwhitneyu: ({ U, p }: { U: number; p: number }) =>
        tested('mannwhitneyu', { statistic: U, p }, 'mwu_p'),
      welch({ t, p, df }: { t: number; p: number; df: number }) {
        tested('welch', { statistic: t, p }, 'welch_p');
        expectClose(welch(a, b).degrees, df, at('statistic'), `${id}, df`);
      },
      anderson_ksamp({ statistic, p_floored_capped: p }: { statistic: number; p_floored_capped: number }) {
        tested('anderson-ksamp', { statistic });
        // No tolerance of its own: it is a fitted curve through published quantiles.
        const { pValue } = methodNamed('anderson-ksamp').compare(a, b);
        expectClose(pValue!, p, { rel: 1e-8 }, `${id}, p of anderson-ksamp`);
      },
    },
    id,
  );
}

export function wassersteinWeighted(
  vector: Vector<{ u: number[]; v: number[]; u_weights: number[]; v_weights: number[] }>,
): void {
  const { id, input, tolerance } = vector;
  const [first, second] = [
    { values: input.u, weights: input.u_weights },
    { values: input.v, weights: input.v_weights },
  ];
  checkEvery(
    vector.expected,
    {
      distance: (distance: number) => expectClose(wasserstein(first, second), distance, tolerance, id),
      energy_distance: (distance: number) =>
        expectClose(energyDistance(first, second), distance, tolerance, id),
    },
    id,
  );
}

type ChiSquareInput = {
  tables: Record<string, number[][]>;
  gof_observed: number[];
  gof_expected: number[];
};
type ChiSquareWanted = { chi2: number; p: number; dof?: number; expected?: number[][] };
type FisherWanted = { odds: number; p: number };

export function chiSquareCase(vector: Vector<ChiSquareInput>): void {
  const { id, input } = vector;
  const [statistic, p] = [toleranceOf(vector, 'statistic'), toleranceOf(vector, 'p')];
  const likely = (found: { statistic: number; pValue: number }, wanted: ChiSquareWanted, what: string) => {
    expectClose(found.statistic, wanted.chi2, statistic, `${id}, ${what}`);
    expectClose(found.pValue, wanted.p, p, `${id}, p of ${what}`);
  };
  const checkTable =
    (name: string, options: Parameters<typeof chiSquare>[1]) => (wanted: ChiSquareWanted) => {
      const found = chiSquare(input.tables[name]!, options);
      likely(found, wanted, name);
      expect(found.degrees).toBe(wanted.dof);
      for (const [r, row] of (wanted.expected ?? []).entries())
        expectAllClose(found.expected[r]!, row, statistic, `${id}, expected of ${name}`);
    };
  checkEvery(
    vector.expected,
    Object.fromEntries([
      ...Object.keys(input.tables).flatMap((name) => [
        [`${name}/correction=True`, checkTable(name, { correction: true })],
        [`${name}/correction=False`, checkTable(name, { correction: false })],
        [`${name}/G`, checkTable(name, { correction: false, measure: 'likelihood' })],
        [
          `${name}/fisher`,
          (wanted: FisherWanted) => {
            const found = fisherExact(input.tables[name] as unknown as Parameters<typeof fisherExact>[0]);
            expectClose(found.pValue, wanted.p, p, `${id}, Fisher of ${name}`);
            expectClose(found.oddsRatio, wanted.odds, statistic, `${id}, odds of ${name}`);
          },
        ],
      ]),
      ['gof', (wanted: ChiSquareWanted) => likely(goodnessOfFit(input.gof_observed), wanted, 'gof')],
      [
        'gof-expected',
        (wanted: ChiSquareWanted) =>
          likely(goodnessOfFit(input.gof_observed, input.gof_expected), wanted, 'gof-expected'),
      ],
    ]),
    id,
  );
}

type Histograms = { pairs: { p: number[]; q: number[] }[] };

/** JSON has no infinity; the files write it as a word. */
const numberOf = (value: number | string): number => Number(value);

export function histogramDistances(
  vector: Vector<Histograms, { results: Record<string, number | string>[] }>,
): void {
  const { id, input, tolerance } = vector;
  checkEvery(
    vector.expected,
    {
      results(results: Record<string, number | string>[]) {
        expect(results).toHaveLength(input.pairs.length);
        for (const [i, { p, q }] of input.pairs.entries()) {
          const index = p.map((_, k) => k);
          const js = shares.jensenShannon(p, q);
          const ours: Record<string, number> = {
            js_distance_base2: js,
            js_distance_nats: js * Math.sqrt(Math.LN2),
            js_divergence_base2: js ** 2,
            kl_pq: shares.kullbackLeibler(p, q),
            kl_qp: shares.kullbackLeibler(q, p),
            hellinger: shares.hellinger(p, q),
            total_variation: shares.totalVariation(p, q),
            l_infinity: shares.largestShift(p, q),
            bhattacharyya_coef: shares.bhattacharyya(p, q),
            wasserstein_on_index: wasserstein({ values: index, weights: p }, { values: index, weights: q }),
          };
          for (const [name, wanted] of Object.entries(results[i]!)) {
            const what = `${id}, ${name} of pair ${i}`;
            if (!(name in ours)) throw new Error(`${what}: nobody checks it`);
            if (Number.isFinite(numberOf(wanted)))
              expectClose(ours[name]!, numberOf(wanted), tolerance, what);
            else expect(ours[name], what).toBe(numberOf(wanted));
          }
        }
      },
    },
    id,
  );
}

type Binned = { edges: number[]; ref_fraction: number[]; cur_fraction: number[]; psi: number };

export function psiCase(vector: Vector<{ reference: number[]; current: number[] }>): void {
  const { id, input } = vector;
  const edgesAt = toleranceOf(vector, 'edges');
  const binned = (bins: number) => (wanted: Binned) => {
    const edges = shares.quantileEdges(input.reference, bins);
    expectAllClose(edges, wanted.edges, edgesAt, `${id}, edges`);
    expectAllClose(
      shares.binShares(input.reference, edges),
      wanted.ref_fraction,
      edgesAt,
      `${id}, reference`,
    );
    expectAllClose(shares.binShares(input.current, edges), wanted.cur_fraction, edgesAt, `${id}, current`);
    const { statistic } = methodNamed('psi').compare(input.reference, input.current, { bins });
    expectClose(statistic, wanted.psi, toleranceOf(vector, 'psi'), `${id}, PSI of ${bins}`);
  };
  const quantiles = Object.keys(vector.expected).filter((name) => /^quantile_\d+$/.test(name));
  expect(quantiles.length, `${id} says what PSI is`).toBeGreaterThan(0);
  checkEvery(
    vector.expected,
    {
      ...Object.fromEntries(quantiles.map((name) => [name, binned(Number(name.slice('quantile_'.length)))])),
      // Other conventions, for information: the folder's README says that ours is the file's own.
      evidently_numeric: notChecked,
      evidently_categorical_on_int_truncation: notChecked,
      frouros_psi_10_equal_width: notChecked,
      frouros_hellinger_10_equal_width: notChecked,
      versions: notChecked,
    },
    id,
  );
}

type Kernel = {
  sigma: number;
  mmd2_unbiased: number;
  mmd2_biased: number;
  permutation_p_999: number;
  permutation_p_standard_error: number;
};

export function mmdCase(vector: Vector<{ X: number[][]; Y: number[][] }>): void {
  const { id, input } = vector;
  const { X, Y } = input;
  const tolerance = toleranceOf(vector, 'mmd2');
  const squares = squaredDistances([...X, ...Y]);
  const check = (name: string) => (wanted: Kernel) => {
    const isMedian = name === 'median_heuristic';
    if (isMedian)
      expectClose(medianSigma(squares, X.length + Y.length), wanted.sigma, tolerance, `${id}, sigma`);
    const kernel = kernelOf(squares, wanted.sigma);
    const { biased } = discrepancy(kernel, X.length, Y.length);
    expectClose(biased, wanted.mmd2_biased, tolerance, `${id}, biased, ${name}`);
    const { statistic, pValue } = methodNamed('mmd').compare(X, Y, {
      sigma: isMedian ? null : wanted.sigma,
      permutations: 999,
      seed: 1,
    });
    expectClose(statistic, wanted.mmd2_unbiased, tolerance, `${id}, unbiased, ${name}`);
    // Splits are drawn, here as there: "4*sqrt(p(1-p)/999)+0.002" of the file.
    const p = wanted.permutation_p_999;
    expectClose(pValue!, p, { abs: 4 * Math.sqrt((p * (1 - p)) / 999) + 0.002 }, `${id}, p, ${name}`);
  };
  const names = Object.keys(vector.expected).filter((name) => /^(sigma_.+|median_heuristic)$/.test(name));
  checkEvery(vector.expected, Object.fromEntries(names.map((name) => [name, check(name)])), id);
}

export function domainClassifierCase(vector: Vector<{ reference: number[][]; current: number[][] }>): void {
  const { id, input } = vector;
  const found = classifyDomains(input.reference, input.current, 5, 1);
  const coefficient = toleranceOf(vector, 'coef');
  checkEvery(
    vector.expected,
    {
      auc(auc: number) {
        expectClose(found.auc, auc, toleranceOf(vector, 'auc'), `${id}, AUC`);
        const { statistic } = methodNamed('domain-classifier').compare(input.reference, input.current);
        expect(statistic).toBe(found.auc);
      },
      oof_scores_first10: (scores: number[]) =>
        expectAllClose(found.scores.slice(0, scores.length), scores, coefficient, `${id}, scores`),
      fold_coef_intercept_first(ofFolds: number[][]) {
        for (const [fold, wanted] of ofFolds.entries()) {
          const { intercept, weights } = found.models[fold]!;
          expectAllClose([intercept, ...weights], wanted, coefficient, `${id}, model of fold ${fold}`);
        }
      },
      mwu_greater_p: (p: number) => expectClose(found.pValue, p, toleranceOf(vector, 'p'), `${id}, p`),
    },
    id,
  );
}
