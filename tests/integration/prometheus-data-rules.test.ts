import { expect, test } from 'vitest';
import { data, drift, quality, slice } from '../../domain/config.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { checkRules, near, nothing } from '../support/promtool.ts';
import { always, champion, churn, gauge, ids, onTen, passes, v1 } from '../support/rule-series.ts';

/** A counter that is zero until second 5 and so many from then on. */
const counter = (name: string, labels: Record<string, string>, count: number, seconds = 30) =>
  gauge(
    name,
    { ...v1, partition: 'predictions-0', ...labels },
    Array.from({ length: seconds }, (_, s) => (s < 5 ? 0 : count)),
  );
const firing = (alertname: string, by = 'kind, level') =>
  `count by (${by}) (ALERTS{alertname="${alertname}",alertstate="firing"})`;
const asked = (rows: number) => counter('driftloop_predictions_total', { label: 'stay' }, rows);

test('problems of the data are shares beyond what the training rows had: suspected at once, detected when they stay', async () => {
  const watched = generateRules(
    churn([
      data({ atMost: 0.1, window: '10s', for: '2s', minRows: 50 }),
      drift({ psiAtLeast: 9, window: '10s' }),
      quality({ metric: 'accuracy', atLeast: 0.1, window: '10s' }),
    ]),
    { evaluationMs: 1_000 },
  );
  const counts = (of: Partial<Record<'missing' | 'invalid' | 'new_category' | 'out_of_range', number>>) =>
    Object.entries(of).map(([what, n]) => counter(`driftloop_feature_${what}_total`, { feature: 'age' }, n));
  const reference = (bin: string, share: number) =>
    gauge('driftloop_reference_share', { ...v1, feature: 'age', bin }, always(share, 30));
  const problem = (name: string) => `driftloop:data_problem:window{problem="${name}"}`;
  const ofAge = `feature="age",${onTen}`;
  const alert = firing('DriftloopDataQuality', 'feature, problem, level');
  await passes(
    [
      {
        name: 'one feature with each problem, and its habit of missing',
        interval: '1s',
        input_series: [
          ...champion(30),
          asked(200),
          ...counts({ missing: 60, invalid: 10, new_category: 4, out_of_range: 30 }),
          reference('missing', 0.25),
          reference('unknown', 0.01),
        ],
        promql_expr_test: [
          near('driftloop:asked_rows:window', '8s', 200, `{${onTen}}`),
          near('driftloop:missing_share:window', '8s', 0.3, `{${ofAge}}`),
          near('driftloop:new_category_share:window', '8s', 0.02, `{${ofAge}}`),
          near('driftloop:out_of_range_share:window', '8s', 0.15, `{${ofAge}}`),
          near(problem('missing'), '8s', 0.05, `{${ofAge},problem="missing"}`),
          near(problem('invalid'), '8s', 0.04, `{${ofAge},problem="invalid"}`),
          near(problem('new-category'), '8s', 0.01, `{${ofAge},problem="new-category"}`),
          near(problem('out-of-range'), '8s', 0.15, `{${ofAge},problem="out-of-range"}`),
          {
            expr: alert,
            eval_time: '5s',
            exp_samples: [{ labels: '{feature="age",level="suspected",problem="out-of-range"}', value: 1 }],
          },
          {
            expr: alert,
            eval_time: '8s',
            exp_samples: ['detected', 'suspected'].map((level) => ({
              labels: `{feature="age",level="${level}",problem="out-of-range"}`,
              value: 1,
            })),
          },
          // What is a problem of the data is not drift, and begins no run.
          nothing('ALERTS{kind!~"data|silence"}', '8s'),
          nothing('driftloop:missing_share:window', '16s'),
          nothing(alert, '16s'),
        ],
      },
      {
        name: 'a version without a reference, and too few rows to judge',
        interval: '1s',
        input_series: [...champion(30), asked(40), ...counts({ missing: 20 })],
        promql_expr_test: [
          near(problem('missing'), '8s', 0.5, `{${ofAge},problem="missing"}`),
          nothing(alert, '8s'),
        ],
      },
      {
        name: 'no rows are no problem and no health',
        interval: '1s',
        input_series: [...champion(30), asked(0), ...counts({ missing: 0, out_of_range: 0 })],
        promql_expr_test: [
          nothing('{__name__=~"driftloop:.*_share:window"}', '8s'),
          nothing('driftloop:data_problem:window', '8s'),
          nothing(alert, '8s'),
        ],
      },
      {
        name: 'inputs that come again are a problem where they did not in the window before',
        interval: '1s',
        input_series: [
          ...champion(40),
          gauge(
            'driftloop_predictions_total',
            { ...v1, label: 'stay', partition: 'predictions-0' },
            Array.from({ length: 40 }, (_, s) => s * 10),
          ),
          gauge(
            'driftloop_repeated_inputs_total',
            { ...v1, partition: 'predictions-0' },
            Array.from({ length: 40 }, (_, s) => s * 2 + Math.max(0, s - 20) * 6),
          ),
        ],
        promql_expr_test: [
          near('driftloop:repeated_share:window', '18s', 0.2, `{${onTen}}`),
          nothing(alert, '20s'),
          near('driftloop:repeated_share:window', '30s', 0.8, `{${onTen}}`),
          near(problem('repeated'), '30s', 0.6, `{${onTen},problem="repeated"}`),
          {
            expr: alert,
            eval_time: '30s',
            exp_samples: ['detected', 'suspected'].map((level) => ({
              labels: `{level="${level}",problem="repeated"}`,
              value: 1,
            })),
          },
        ],
      },
    ],
    watched,
  );
});

test('no traffic is silence of its own: neither health nor drift, and not that of feedback', async () => {
  const watched = generateRules(churn([quality({ metric: 'accuracy', atLeast: 0.5, window: '10s' })]), {
    evaluationMs: 1_000,
  });
  const traffic = (rows: (second: number) => number, version = 'v1') =>
    gauge(
      'driftloop_predictions_total',
      { ...ids, version, label: 'stay', partition: 'predictions-0' },
      Array.from({ length: 60 }, (_, s) => rows(s)),
    );
  const silent = firing('DriftloopNoTraffic');
  const one = (level: string) => ({ labels: `{kind="silence",level="${level}"}`, value: 1 });
  await passes(
    [
      {
        name: 'traffic that dwindles, and then ends',
        interval: '1s',
        input_series: [
          ...champion(60),
          traffic((s) => Math.min(s, 20) * 20 + Math.max(0, Math.min(s, 35) - 20)),
        ],
        promql_expr_test: [
          nothing(silent, '18s'),
          { expr: silent, eval_time: '30s', exp_samples: [one('suspected')] },
          nothing(silent, '42s'),
          { expr: silent, eval_time: '50s', exp_samples: [one('detected')] },
          nothing('ALERTS{kind!="silence"}', '50s'),
        ],
      },
      {
        name: 'a champion that has just taken over has not been asked yet',
        interval: '1s',
        input_series: [...champion(60), traffic(() => 0)],
        promql_expr_test: [
          nothing(silent, '8s'),
          { expr: silent, eval_time: '12s', exp_samples: [one('detected')] },
        ],
      },
      {
        name: 'a version that is no champion need not be asked; without series that is NoData',
        interval: '1s',
        input_series: [...champion(60, 'v2'), traffic(() => 0)],
        promql_expr_test: [nothing(silent, '20s')],
      },
    ],
    watched,
  );
});

test('how sure answers are, and of how many of each the label is known; a bin without rows is absent', async () => {
  const watched = generateRules(churn([quality({ metric: 'accuracy', atLeast: 0.5, window: '10s' })]), {
    evaluationMs: 1_000,
  });
  const bin = (name: string, rows: number, labelled: number) => [
    counter('driftloop_score_bin_total', { bin: name }, rows),
    gauge(
      'driftloop_score_labelled_rows',
      { ...v1, bin: name },
      Array.from({ length: 30 }, (_, s) => (s < 5 ? 0 : labelled)),
    ),
  ];
  const of = (name: string) => `{bin="${name}",${onTen}}`;
  await passes(
    [
      {
        name: 'labels mostly of the sure ones',
        interval: '1s',
        input_series: [...champion(30), ...bin('0.5', 30, 3), ...bin('0.9', 90, 72), ...bin('0.1', 0, 0)],
        promql_expr_test: [
          near('driftloop:score_share:window{bin="0.9"}', '8s', 0.75, of('0.9')),
          near('driftloop:score_coverage:window{bin="0.5"}', '8s', 0.1, of('0.5')),
          near('driftloop:score_coverage:window{bin="0.9"}', '8s', 0.8, of('0.9')),
          nothing('driftloop:score_coverage:window{bin="0.1"}', '8s'),
          nothing('driftloop:score_coverage:window', '16s'),
          nothing('driftloop:score_share:window', '16s'),
        ],
      },
      {
        name: 'no data',
        interval: '1s',
        input_series: champion(20),
        promql_expr_test: [nothing('{__name__=~"driftloop:score.*"}', '10s')],
      },
    ],
    watched,
  );
});

test('macro F1 by declared slice is held to its bound; what is not known of a slice is said, and is not health', async () => {
  const watched = generateRules(
    churn(
      [
        slice({ of: 'age', metric: 'macroF1', atLeast: 0.7, window: '10s', for: '2s', minRows: 20 }),
        quality({ metric: 'accuracy', atLeast: 0.1, window: '10s' }),
      ],
      ['age'],
    ),
    { evaluationMs: 1_000 },
  );
  type Counts = {
    asked: number;
    bear: [number, number];
    predicted: [number, number];
    right: [number, number];
  };
  const value = (name: string, { asked: rows, bear, predicted, right }: Counts) => [
    counter('driftloop_slice_predictions_total', { slice: 'age', value: name }, rows),
    ...(['right', 'wrong'] as const).map((outcome) =>
      counter(
        'driftloop_slice_outcomes_total',
        { slice: 'age', value: name, outcome },
        outcome === 'right' ? right[0] + right[1] : bear[0] + bear[1] - right[0] - right[1],
      ),
    ),
    ...(['right', 'wrong'] as const).map((outcome) =>
      counter('driftloop_slice_outcomes_withdrawn_total', { slice: 'age', value: name, outcome }, 0),
    ),
    ...Object.entries({ bear, predicted, right }).flatMap(([what, counts]) =>
      (['stay', 'leave'] as const).map((label, k) =>
        gauge(
          'driftloop_slice_label_rows',
          { ...v1, slice: 'age', value: name, label, what },
          Array.from({ length: 30 }, (_, s) => (s < 5 ? 0 : counts[k]!)),
        ),
      ),
    ),
  ];
  const of = (name: string) => `slice="age",value="${name}"`;
  const worse = firing('DriftloopSliceQuality', 'kind, level, slice, value');
  const unknown = firing('DriftloopSliceUnknown', 'kind, level, slice, value');
  const capped = firing('DriftloopSliceNotExported');
  await passes(
    [
      {
        name: 'one that is good, one that is bad for one label, one that is hardly labelled',
        interval: '1s',
        input_series: [
          ...champion(30),
          ...value('0', { asked: 60, bear: [30, 20], predicted: [30, 20], right: [28, 18] }),
          ...value('1', { asked: 60, bear: [40, 10], predicted: [48, 2], right: [39, 1] }),
          ...value('2', { asked: 60, bear: [5, 0], predicted: [0, 5], right: [0, 0] }),
          ...value('3', { asked: 0, bear: [0, 0], predicted: [0, 0], right: [0, 0] }),
        ],
        promql_expr_test: [
          near(
            `driftloop:slice_macro_f1:window{${of('0')}}`,
            '8s',
            (56 / 60 + 36 / 40) / 2,
            `{${of('0')},${onTen}}`,
          ),
          near(
            `driftloop:slice_macro_f1:window{${of('1')}}`,
            '8s',
            (78 / 88 + 2 / 12) / 2,
            `{${of('1')},${onTen}}`,
          ),
          nothing(`driftloop:slice_macro_f1:window{${of('3')}}`, '8s'),
          {
            expr: worse,
            eval_time: '5s',
            exp_samples: [{ labels: `{kind="quality",level="suspected",${of('1')}}`, value: 1 }],
          },
          {
            expr: worse,
            eval_time: '8s',
            exp_samples: ['detected', 'suspected'].map((level) => ({
              labels: `{kind="quality",level="${level}",${of('1')}}`,
              value: 1,
            })),
          },
          {
            expr: unknown,
            eval_time: '8s',
            exp_samples: [{ labels: `{kind="silence",level="suspected",${of('2')}}`, value: 1 }],
          },
          nothing(capped, '8s'),
          nothing(worse, '16s'),
        ],
      },
      {
        name: 'a slice that does not fit under the cap is unknown, not healthy',
        interval: '1s',
        input_series: champion(20),
        promql_expr_test: [
          nothing(worse, '10s'),
          {
            expr: capped,
            eval_time: '10s',
            exp_samples: [{ labels: '{kind="silence",level="suspected"}', value: 1 }],
          },
        ],
      },
    ],
    watched,
  );
});

test('rules that watch all of it, in windows of their own, are sound, and none stands there twice', async () => {
  const all = generateRules(
    churn(
      [
        data({ window: '2h' }),
        data({ window: '6h', atMost: 0.2 }),
        slice({ of: 'age', metric: 'accuracy', atLeast: 0.7, window: '3h' }),
        slice({ of: 'age', metric: 'macroF1', atLeast: 0.6, window: '3h' }),
        quality({ metric: 'macroF1', atLeast: 0.5 }),
        drift(),
      ],
      ['age'],
    ),
    { evaluationMs: 15_000 },
  );
  const said = await checkRules(all);
  expect(said.passed, said.output).toBe(true);
});

test('each method expects an accuracy of its own, with a band and a check against the labels that come', async () => {
  const watched = generateRules(churn([]), { evaluationMs: 1_000, windowMs: 10_000 });
  // A hundred rows; CBPE expects 90 of them to be right, 85 are sure enough, the scores sum to 95 and are .1 too high.
  const given = (labelled?: { rows: number; right: number; atc: number; sum: number }) => [
    ...champion(30),
    ...(['stay', 'leave'] as const).map((label, k) =>
      counter('driftloop_estimated_outcomes_total', { label, predicted: 'stay' }, k === 0 ? 90 : 10),
    ),
    ...Object.entries({ rows: labelled?.rows ?? 0, right: labelled?.right ?? 0, expected: 0 }).map(
      ([what, n]) => counter('driftloop_estimate_checked_rows_total', { what }, n),
    ),
    ...(
      [
        ['atc', 85, labelled?.atc ?? 0, 0],
        ['difference-of-confidences', 95, labelled?.sum ?? 0, -0.1],
      ] as const
    ).flatMap(([method, all, known, offset]) => [
      counter('driftloop_confident_rows_total', { method, of: 'asked' }, all),
      counter('driftloop_confident_rows_total', { method, of: 'labelled' }, known),
      gauge('driftloop_confidence_offset', { ...v1, method }, always(offset, 30)),
      gauge('driftloop_confidence_spread', { ...v1, method }, always(0.16, 30)),
    ]),
    gauge('driftloop_estimator_rows', v1, always(500, 30)),
    gauge('driftloop_estimator_spread', { ...v1, metric: 'accuracy' }, always(0.16, 30)),
  ];
  const by = (name: string, method: string, value: number, at = '8s') =>
    near(
      `driftloop:estimated_${name}_by_method:window{method="${method}"}`,
      at,
      value,
      `{method="${method}",${onTen}}`,
      1e-6,
    );
  const band = 3 * Math.sqrt(0.16 * (1 / 100 + 1 / 500));
  const doc = 'difference-of-confidences';
  await passes(
    [
      {
        name: 'no label has come',
        interval: '1s',
        input_series: given(),
        promql_expr_test: [
          by('accuracy', 'cbpe', 0.9),
          by('accuracy', 'atc', 0.85),
          by('accuracy', doc, 0.85),
          by('low', 'atc', 0.85 - band),
          by('high', doc, 0.85 + band),
          by('low', 'cbpe', 0.9 - 0.12),
          nothing('driftloop:estimated_trust_by_method:window', '8s'),
          // What is expected is never mixed with what came true.
          nothing('driftloop:accuracy:window', '8s'),
          nothing('driftloop:estimated_accuracy_by_method:window', '16s'),
        ],
      },
      {
        name: 'labels bear one method out, and the other not',
        interval: '1s',
        input_series: given({ rows: 40, right: 28, atc: 39, sum: 33 }),
        promql_expr_test: [
          by('gap', 'atc', 11 / 40),
          by('trust', 'atc', 0),
          by('gap', doc, 5 / 40 - 0.1),
          by('trust', doc, 1),
        ],
      },
      {
        name: 'a version that was calibrated without them has CBPE alone',
        interval: '1s',
        input_series: given().filter(({ series }) => !series.includes('confiden')),
        promql_expr_test: [
          by('accuracy', 'cbpe', 0.9),
          nothing('driftloop:estimated_accuracy_by_method:window{method!="cbpe"}', '8s'),
        ],
      },
      {
        name: 'nothing was calibrated',
        interval: '1s',
        input_series: champion(20),
        promql_expr_test: [nothing('{__name__=~"driftloop:estimated.*by_method.*"}', '8s')],
      },
    ],
    watched,
  );
});
