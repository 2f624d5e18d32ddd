import { test } from 'vitest';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { asHappened, estimated, quality } from '../../domain/config.ts';
import { near, nothing } from '../support/promtool.ts';
import { always, champion, churn, gauge, onTen, passes, v1 } from '../support/rule-series.ts';

/** A counter that is zero until second 5 and so many from then on. */
const counter = (name: string, labels: Record<string, string>, count: number, seconds = 20) =>
  gauge(
    name,
    { ...v1, partition: 'feedback-0', ...labels },
    Array.from({ length: seconds }, (_, s) => (s < 5 ? 0 : count)),
  );

test('accuracy by declared slice is that of its own rows; a slice without rows is absent, not bad', async () => {
  const sliced = generateRules(
    churn([quality({ metric: 'accuracy', atLeast: 0.5, window: '10s' })], ['age']),
    {
      evaluationMs: 1_000,
    },
  );
  const slice = (
    value: string,
    counts: { asked: number; right: number; wrong: number; takenBack: number },
  ) => [
    counter('driftloop_slice_predictions_total', { slice: 'age', value }, counts.asked),
    ...(['right', 'wrong'] as const).flatMap((outcome) => [
      counter('driftloop_slice_outcomes_total', { slice: 'age', value, outcome }, counts[outcome]),
      counter(
        'driftloop_slice_outcomes_withdrawn_total',
        { slice: 'age', value, outcome },
        outcome === 'right' ? counts.takenBack : 0,
      ),
    ]),
  ];
  const of = (value: string) => `{slice="age",value="${value}",${onTen}}`;
  await passes(
    [
      {
        name: 'two slices, and one that nothing came for',
        interval: '1s',
        input_series: [
          ...champion(20),
          ...slice('0', { asked: 40, right: 12, wrong: 9, takenBack: 1 }),
          ...slice('1', { asked: 30, right: 30, wrong: 0, takenBack: 0 }),
          ...slice('2', { asked: 0, right: 0, wrong: 0, takenBack: 0 }),
        ],
        promql_expr_test: [
          nothing('driftloop:slice_accuracy:window', '4s'),
          near('driftloop:slice_accuracy:window{value="0"}', '8s', 11 / 20, of('0')),
          near('driftloop:slice_coverage:window{value="0"}', '8s', 20 / 40, of('0')),
          near('driftloop:slice_accuracy:window{value="1"}', '8s', 1, of('1')),
          nothing('driftloop:slice_accuracy:window{value="2"}', '8s'),
          nothing('driftloop:slice_coverage:window{value="2"}', '8s'),
          nothing('driftloop:slice_accuracy:window', '16s'),
        ],
      },
      {
        name: 'no data',
        interval: '1s',
        input_series: [
          gauge('driftloop_training_price_errors', { namespace: 'default', model: 'churn' }, always(50, 20)),
        ],
        promql_expr_test: [nothing('{__name__=~"driftloop:slice.*"}', '10s')],
      },
    ],
    sliced,
  );
});

test('accuracy as happened is judged with the coverage that was asked for; with less it is silence', async () => {
  const watched = generateRules(
    churn([asHappened({ atLeast: 0.8, coverage: 0.6, window: '1d', lag: '6h', for: '3s', minRows: 50 })]),
    { evaluationMs: 1_000 },
  );
  const stretch = (numbers: { predictions: number; labelled: number; correct: number }, lag = '6h') =>
    Object.entries(numbers).map(([of, n]) =>
      gauge(`driftloop_happened_${of}`, { ...v1, window: '1d', lag }, always(n, 20)),
    );
  const firing = (alertname: string) =>
    `count by (kind, level) (ALERTS{alertname="${alertname}",alertstate="firing"})`;
  const one = (kind: string, level: string) => ({
    labels: `{kind="${kind}",level="${level}"}`,
    value: 1,
  });
  const [worse, silent] = [firing('DriftloopQualityAsHappened'), firing('DriftloopCoverageLow')];
  const of = '{lag="6h",model="churn",namespace="default",version="v1",window="1d"}';
  const series = '{lag="6h"}';
  await passes(
    [
      {
        name: 'worse, and known well enough',
        interval: '1s',
        // What has no lag has few labels yet, and says nothing.
        input_series: [
          ...champion(20),
          ...stretch({ predictions: 200, labelled: 150, correct: 105 }),
          ...stretch({ predictions: 200, labelled: 10, correct: 1 }, '0s'),
        ],
        promql_expr_test: [
          near(`driftloop:happened_accuracy:window${series}`, '5s', 0.7, of),
          near(`driftloop:happened_coverage:window${series}`, '5s', 0.75, of),
          { expr: worse, eval_time: '1s', exp_samples: [one('quality', 'suspected')] },
          {
            expr: worse,
            eval_time: '6s',
            exp_samples: [one('quality', 'detected'), one('quality', 'suspected')],
          },
          nothing(silent, '10s'),
        ],
      },
      {
        name: 'as bad, and known of half of it',
        interval: '1s',
        input_series: [...champion(20), ...stretch({ predictions: 200, labelled: 100, correct: 70 })],
        promql_expr_test: [
          nothing(worse, '10s'),
          { expr: silent, eval_time: '6s', exp_samples: [one('silence', 'suspected')] },
        ],
      },
      {
        name: 'good, and known well enough',
        interval: '1s',
        input_series: [...champion(20), ...stretch({ predictions: 200, labelled: 150, correct: 140 })],
        promql_expr_test: [nothing(worse, '10s'), nothing(silent, '10s')],
      },
      {
        name: 'a version that is not the champion',
        interval: '1s',
        input_series: [...champion(20, 'v2'), ...stretch({ predictions: 200, labelled: 150, correct: 10 })],
        promql_expr_test: [nothing(worse, '10s'), nothing(silent, '10s')],
      },
      {
        name: 'no predictions are neither good nor bad',
        interval: '1s',
        input_series: [...champion(20), ...stretch({ predictions: 0, labelled: 0, correct: 0 })],
        promql_expr_test: [
          nothing('driftloop:happened_accuracy:window', '10s'),
          nothing('driftloop:happened_coverage:window', '10s'),
          nothing(worse, '10s'),
          nothing(silent, '10s'),
        ],
      },
    ],
    watched,
  );
});

test('performance without labels: its metrics, its band, and whether the labels that come bear it out', async () => {
  const watched = generateRules(
    churn([estimated({ metric: 'accuracy', atLeast: 0.8, window: '10s', for: '0s', minRows: 50 })]),
    { evaluationMs: 1_000, windowMs: 10_000 },
  );
  /** Of a hundred rows 60 said "stay": so many of each are expected to be right; of those with labels so many were. */
  const given = (
    right: { stay: number; leave: number },
    labelled?: { rows: number; expected: number; right: number },
  ) => [
    ...champion(20),
    ...(
      [
        ['stay', 'stay', right.stay],
        ['leave', 'stay', 60 - right.stay],
        ['leave', 'leave', right.leave],
        ['stay', 'leave', 40 - right.leave],
      ] as const
    ).map(([label, predicted, n]) =>
      counter('driftloop_estimated_outcomes_total', { label, predicted, partition: 'predictions-0' }, n),
    ),
    ...Object.entries(labelled ?? { rows: 0, expected: 0, right: 0 }).map(([what, n]) =>
      counter('driftloop_estimate_checked_rows_total', { what }, n),
    ),
    gauge('driftloop_estimator_rows', v1, always(500, 20)),
    ...['accuracy', 'macroF1'].map((metric) =>
      gauge('driftloop_estimator_spread', { ...v1, metric }, always(0.16, 20)),
    ),
  ];
  const levels = (alert: string) =>
    `count by (kind, level) (ALERTS{alertname="${alert}",alertstate="firing"})`;
  const [worse, untrusted] = [levels('DriftloopEstimatedQuality'), levels('DriftloopEstimateUntrusted')];
  const one = (kind: string) => [{ labels: `{kind="${kind}",level="suspected"}`, value: 1 }];
  const ofAccuracy = `{metric="accuracy",${onTen}}`;
  await passes(
    [
      {
        name: 'expected to be good, and no label has come',
        interval: '1s',
        input_series: given({ stay: 54.5, leave: 35.5 }),
        promql_expr_test: [
          near('driftloop:estimated_accuracy:window', '8s', 0.9, `{${onTen}}`),
          near('driftloop:estimated_macro_recall:window', '8s', (54.5 / 59 + 35.5 / 41) / 2, `{${onTen}}`),
          near('driftloop:estimated_macro_precision:window', '8s', (54.5 / 60 + 35.5 / 40) / 2, `{${onTen}}`),
          near('driftloop:estimated_macro_f1:window', '8s', (109 / 119 + 71 / 81) / 2, `{${onTen}}`),
          near('driftloop:estimated_low:window{metric="accuracy"}', '8s', 0.9 - 0.12, ofAccuracy),
          near('driftloop:estimated_high:window{metric="accuracy"}', '8s', 1, ofAccuracy),
          nothing('driftloop:estimated_low:window{metric="macroRecall"}', '8s'),
          // What is expected is never mixed with what came true.
          nothing('driftloop:accuracy:window', '8s'),
          nothing('driftloop:estimated_trust:window', '8s'),
          nothing(worse, '8s'),
          nothing('driftloop:estimated_accuracy:window', '16s'),
        ],
      },
      {
        name: 'expected to be bad: a suspicion, and the few labels do not contradict',
        interval: '1s',
        input_series: given({ stay: 40, leave: 30 }, { rows: 40, expected: 28, right: 26 }),
        promql_expr_test: [
          { expr: worse, eval_time: '8s', exp_samples: one('estimated') },
          near('driftloop:estimated_gap:window', '8s', 0.05, `{${onTen}}`),
          near('driftloop:estimated_trust:window', '8s', 1, `{${onTen}}`),
          nothing(untrusted, '8s'),
        ],
      },
      {
        name: 'the labels contradict: the estimate is not believed, and that is said',
        interval: '1s',
        input_series: given({ stay: 40, leave: 30 }, { rows: 40, expected: 36, right: 18 }),
        promql_expr_test: [
          nothing(worse, '8s'),
          { expr: untrusted, eval_time: '8s', exp_samples: one('silence') },
          near('driftloop:estimated_trust:window', '8s', 0, `{${onTen}}`),
        ],
      },
      {
        name: 'nothing was calibrated',
        interval: '1s',
        input_series: champion(20),
        promql_expr_test: [nothing('{__name__=~"driftloop:estimated.*"}', '8s'), nothing(worse, '8s')],
      },
    ],
    watched,
  );
});
