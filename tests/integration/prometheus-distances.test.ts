import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { near, nothing, series, values, type PromtoolTest } from '../support/promtool.ts';
import { always, bins, champion, gauge, ofAge, onTen, passes, scraped, v1 } from '../support/rule-series.ts';
import { needsShared, shared } from '../support/shared-data.ts';

test('PSI and Jensen-Shannon of bins, by hand: one empty in the reference, one empty now', async () => {
  const expected = (0.5 - 1e-4) * Math.log(0.5 / 1e-4) + (1e-4 - 0.5) * Math.log(1e-4 / 0.5);
  // p = (.5, .5, 0), q = (0, .5, .5), m = (.25, .5, .25): each side is half a bit from the mean.
  await passes([
    {
      name: 'bins',
      interval: '1s',
      input_series: [...champion(15), ...bins([20, 20, 0], [0, 0.5, 0.5])],
      promql_expr_test: [
        near('driftloop:psi:window', '8s', expected, ofAge),
        near('driftloop:champion_psi:window', '8s', expected, ofAge),
        near('driftloop:js:window', '8s', Math.sqrt(0.5), ofAge),
        nothing('driftloop:psi:window', '3s'),
      ],
    },
  ]);
});

const psiVectors = ['same', 'shift', 'missing-bin', 'out-of-range', 'spike-zero', 'discrete-ties'];
test('PSI is that of the reference vectors', needsShared('vectors/drift/psi--shift.json'), async () => {
  const tests = psiVectors.flatMap((name) => {
    const { expected } = JSON.parse(readFileSync(shared(`vectors/drift/psi--${name}.json`), 'utf8')) as {
      expected: Record<string, { ref_fraction: number[]; cur_fraction: number[]; psi: number }>;
    };
    return ['quantile_10', 'quantile_20'].map((bucketing): PromtoolTest => {
      const { ref_fraction, cur_fraction, psi } = expected[bucketing]!;
      // Shares as counts; 56,000,000 is divisible by every sample size in the vectors.
      const counts = cur_fraction.map((share) => Math.round(share * 56_000_000));
      return {
        name: `${name} ${bucketing}`,
        interval: '1s',
        input_series: [...champion(15), ...bins(counts, ref_fraction)],
        promql_expr_test: [near('driftloop:psi:window', '8s', psi, ofAge, 1e-6)],
      };
    });
  });
  expect(tests).toHaveLength(12);
  await passes(tests);
});

test('Jensen-Shannon is that of SciPy', needsShared('vectors/drift/histogram-distances.json'), async () => {
  const { input, expected } = JSON.parse(
    readFileSync(shared('vectors/drift/histogram-distances.json'), 'utf8'),
  ) as {
    input: { pairs: { p: number[]; q: number[] }[] | [number[], number[]][] };
    expected: { results: { js_distance_base2: number }[] };
  };
  const tests = input.pairs.map((pair, i): PromtoolTest => {
    const [p, q] = Array.isArray(pair) ? pair : [pair.p, pair.q];
    const total = (x: number[]) => x.reduce((a, b) => a + b, 0);
    const counts = p.map((x) => Math.round((x / total(p)) * 1e12));
    const reference = q.map((x) => x / total(q));
    return {
      name: `pair ${i}`,
      interval: '1s',
      input_series: [...champion(15), ...bins(counts, reference)],
      promql_expr_test: [
        near('driftloop:js:window', '8s', expected.results[i]!.js_distance_base2, ofAge, 1e-6),
      ],
    };
  });
  expect(tests.length).toBeGreaterThan(3);
  await passes(tests);
});

test('predicted labels are compared with the reference too, and missing values are a share of the predictions', async () => {
  const predictions = ['stay', 'leave'].map((label, i) => ({
    series: series('driftloop_predictions_total', scraped('a', { ...v1, label, partition: 'train' })),
    values: values(Array.from({ length: 15 }, (_, s) => (s < 5 ? 0 : [30, 10][i]!))),
  }));
  const reference = ['stay', 'leave'].map((label) =>
    gauge('driftloop_reference_label_share', { ...v1, label }, always(0.5, 15)),
  );
  const missing = {
    series: series(
      'driftloop_feature_missing_total',
      scraped('a', { ...v1, feature: 'age', partition: 'train' }),
    ),
    values: values(Array.from({ length: 15 }, (_, s) => (s < 5 ? 0 : 4))),
  };
  const psi = 0.25 * Math.log(0.75 / 0.5) - 0.25 * Math.log(0.25 / 0.5);
  await passes([
    {
      name: 'predictions',
      interval: '1s',
      input_series: [...champion(15), ...predictions, ...reference, missing],
      promql_expr_test: [
        near('driftloop:prediction_psi:window', '8s', psi, `{${onTen}}`),
        near('driftloop:missing_share:window', '8s', 0.1, ofAge),
        near('driftloop:predictions:per_second', '8s', 4, `{${onTen}}`),
      ],
    },
  ]);
});
