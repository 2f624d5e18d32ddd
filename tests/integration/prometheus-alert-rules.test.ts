import { test } from 'vitest';
import { detector, objective } from '../../domain/config.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { near, nothing } from '../support/promtool.ts';
import {
  always,
  bins,
  champion,
  churn,
  gauge,
  ids,
  noneWithdrawn,
  onTen,
  outcomes,
  passes,
  told,
  v1,
} from '../support/rule-series.ts';

test('with no data at all there is silence, and neither drift nor bad quality nor regret', async () => {
  await passes([
    {
      name: 'nothing is scraped',
      interval: '1s',
      input_series: [],
      promql_expr_test: [
        nothing('ALERTS{alertstate="firing"}', '4s'),
        {
          expr: 'ALERTS{alertstate="firing"}',
          eval_time: '10s',
          exp_samples: [
            {
              labels:
                'ALERTS{alertname="DriftloopNoData",alertstate="firing",kind="silence",metric="series",model="churn",namespace="default",level="detected"}',
              value: 1,
            },
          ],
        },
        nothing('{__name__=~"driftloop:.*"}', '10s'),
      ],
    },
  ]);
});

test('no labels for a whole window is an alert of its own, and only once the champion was there for it', async () => {
  const noFeedback = (level: string) =>
    `count(ALERTS{alertname="DriftloopNoFeedback",alertstate="firing",level="${level}"})`;
  await passes([
    {
      name: 'a champion that hears nothing',
      interval: '1s',
      input_series: [...champion(30), ...outcomes('a', 30, () => 0), ...noneWithdrawn(30)],
      promql_expr_test: [
        nothing('ALERTS', '9s'),
        { expr: noFeedback('detected'), eval_time: '12s', exp_samples: [{ labels: '{}', value: 1 }] },
        nothing('ALERTS{kind!="silence"}', '20s'),
        nothing('driftloop:accuracy:window', '20s'),
      ],
    },
    {
      name: 'too few labels to judge are suspected',
      interval: '1s',
      // One wrong row a second: accuracy 0, but ten rows are less than minRows.
      input_series: [
        ...champion(30),
        ...outcomes('a', 30, (cell, second) => (cell === 1 ? second : 0)),
        ...noneWithdrawn(30),
      ],
      promql_expr_test: [
        near('driftloop:champion_accuracy:window', '20s', 0, `{${onTen}}`),
        nothing(noFeedback('detected'), '20s'),
        { expr: noFeedback('suspected'), eval_time: '20s', exp_samples: [{ labels: '{}', value: 1 }] },
        nothing('ALERTS{kind!="silence"}', '20s'),
      ],
    },
  ]);
});

test('regret is suspected at half the price, detected at the price, of the champion only', async () => {
  const seconds = 40;
  const regret = (version: string, of: (s: number) => number) =>
    gauge(
      'driftloop_regret_errors',
      { ...ids, version },
      Array.from({ length: seconds }, (_, s) => of(s)),
    );
  const levels = 'count by (version, level) (ALERTS{alertname="DriftloopRegret",alertstate="firing"})';
  const one = (labels: string) => ({ labels: `{${labels}}`, value: 1 });
  await passes([
    {
      name: 'regret',
      interval: '1s',
      input_series: [
        gauge('driftloop_training_price_errors', ids, always(50, seconds)),
        // v2 takes over from v1 at second 30; the regret of v1 stays where it was.
        gauge('driftloop_champion_info', v1, [...always(1, 30), 'stale']),
        gauge('driftloop_champion_info', { ...ids, version: 'v2' }, [
          ...Array.from({ length: 30 }, () => null),
          ...always(1, 10),
        ]),
        regret('v1', (s) => Math.min(60, 3 * s)),
        regret('v2', () => 0),
        regret('v0', () => 500),
      ],
      promql_expr_test: [
        nothing(levels, '8s'),
        { expr: levels, eval_time: '9s', exp_samples: [one('level="suspected",version="v1"')] },
        { expr: levels, eval_time: '16s', exp_samples: [one('level="suspected",version="v1"')] },
        {
          expr: levels,
          eval_time: '17s',
          exp_samples: [one('level="suspected",version="v1"'), one('level="detected",version="v1"')],
        },
        nothing(levels, '31s'),
      ],
      alert_rule_test: [
        {
          eval_time: '17s',
          alertname: 'DriftloopRegret',
          exp_alerts: (
            [
              ['detected', '; a training is worth 50.', '50', 17],
              ['suspected', ', over half of the 50 that a training is worth.', '25', 9],
            ] as const
          ).map(([level, end, bound, seen]) => ({
            exp_labels: { ...v1, kind: 'regret', level },
            exp_annotations: {
              sentence: `Champion v1 of churn has made 51.0 errors more than its reference promised since it took over${end}`,
              value: '51.000',
              bound,
              moved: 'unknown',
              ...told(seen),
            },
          })),
        },
      ],
    },
  ]);
});

test('bad quality is suspected at once, detected after its for, and only with enough rows', async () => {
  const seconds = 60;
  // Five rows a second, all right until second 20, then three of five wrong.
  const count = (cell: number, s: number) => {
    const wrong = 3 * Math.max(0, s - 20);
    return cell === 0 ? 5 * s - wrong : cell === 1 ? wrong : 0;
  };
  const levels = 'sort(count by (level) (ALERTS{alertname="DriftloopQuality",alertstate="firing"}))';
  // 10 s hold 50 rows; below .8 when more than ten of them are wrong: from second 24 on.
  await passes([
    {
      name: 'quality',
      interval: '1s',
      input_series: [...champion(seconds), ...outcomes('a', seconds, count), ...noneWithdrawn(seconds)],
      promql_expr_test: [
        nothing(levels, '23s'),
        { expr: levels, eval_time: '24s', exp_samples: [{ labels: '{level="suspected"}', value: 1 }] },
        { expr: `count(${levels})`, eval_time: '27s', exp_samples: [{ labels: '{}', value: 2 }] },
        nothing('ALERTS{alertname!="DriftloopQuality"}', '30s'),
      ],
      alert_rule_test: [
        {
          eval_time: '40s',
          alertname: 'DriftloopQuality',
          exp_alerts: (['detected', 'suspected'] as const).map((level) => ({
            exp_labels: { ...v1, kind: 'quality', level, metric: 'accuracy', window: '10s' },
            exp_annotations: {
              sentence:
                'Accuracy of champion v1 of churn over the last 10 seconds is 0.400; at least 0.8 is asked for.',
              value: '0.400000',
              bound: '0.8',
              moved: 'unknown',
              ...told(24),
            },
          })),
        },
      ],
    },
    {
      name: 'the features that have moved most are told',
      interval: '1s',
      input_series: [
        ...champion(seconds),
        ...outcomes('a', seconds, count),
        ...noneWithdrawn(seconds),
        ...bins([30, 10, 0], [0.3, 0.4, 0.3], seconds),
        ...['pay', 'rent', 'height'].map((feature, i) =>
          gauge('driftloop:champion_psi:window', { ...v1, window: '10s', feature }, always(i / 8, seconds)),
        ),
      ],
      promql_expr_test: [],
      alert_rule_test: [
        {
          eval_time: '30s',
          alertname: 'DriftloopQuality',
          exp_alerts: (['detected', 'suspected'] as const).map((level) => ({
            exp_labels: { ...v1, kind: 'quality', level, metric: 'accuracy', window: '10s' },
            exp_annotations: {
              sentence:
                'Accuracy of champion v1 of churn over the last 10 seconds is 0.400; at least 0.8 is asked for.',
              value: '0.400000',
              bound: '0.8',
              moved: 'height (0.25), rent (0.12), pay (0.00)',
              ...told(24),
            },
          })),
        },
      ],
    },
    {
      name: 'the same rows of a version that is not the champion',
      interval: '1s',
      input_series: [...champion(seconds, 'v2'), ...outcomes('a', seconds, count), ...noneWithdrawn(seconds)],
      promql_expr_test: [
        near('driftloop:accuracy:window', '40s', 0.4, `{${onTen}}`),
        nothing('ALERTS{kind="quality"}', '40s'),
      ],
    },
  ]);
});

test('a feature that moved away is an alert with its name, and none with too few rows', async () => {
  const firing = 'ALERTS{alertname="DriftloopInputDrift",alertstate="firing",level="detected"}';
  await passes([
    {
      name: 'drift',
      interval: '1s',
      input_series: [...champion(15), ...bins([30, 10, 0], [0.3, 0.4, 0.3])],
      promql_expr_test: [
        nothing(firing, '6s'),
        {
          expr: `count by (feature, kind, version) (${firing})`,
          eval_time: '8s',
          exp_samples: [{ labels: '{feature="age",kind="drift",version="v1"}', value: 1 }],
        },
      ],
    },
    {
      name: 'too few rows',
      interval: '1s',
      input_series: [...champion(15), ...bins([10, 3, 0], [0.3, 0.4, 0.3])],
      promql_expr_test: [nothing('ALERTS{kind="drift"}', '10s')],
    },
  ]);
});

test('an error budget that burns fast is detected, one that burns slowly suspected, an overdrawn one is missed', async () => {
  const budget = generateRules(
    churn([objective({ metric: 'accuracy', atLeast: 0.8, over: '300s', minRows: 30 })]),
    { evaluationMs: 1_000 },
  );
  const seconds = 110;
  /** Ten labelled rows a second, of which so many are wrong before and after second 60. */
  const stream = (before: number, after: number) => (cell: number, second: number) => {
    const wrong = before * Math.min(second, 60) + after * Math.max(0, second - 60);
    return cell === 1 ? wrong : cell === 0 ? 10 * second - wrong : 0;
  };
  const firing = (alert: string) =>
    `count by (level) (ALERTS{alertname="${alert}",alertstate="firing",kind="quality"})`;
  const burns = firing('DriftloopErrorBudget');
  const missed = firing('DriftloopObjectiveMissed');
  const count = (level: string, value: number) => ({ labels: `{level="${level}"}`, value });
  const labels =
    'metric="accuracy",model="churn",namespace="default",objective="0.8",version="v1",window="5m"';
  const given = (of: (cell: number, second: number) => number) => [
    ...champion(seconds),
    ...outcomes('a', seconds, of),
    ...noneWithdrawn(seconds),
  ];
  await passes(
    [
      {
        name: 'one in ten is half of what may be; then six in ten',
        interval: '1s',
        input_series: given(stream(1, 6)),
        promql_expr_test: [
          nothing(burns, '60s'),
          near('driftloop:error_budget:left', '60s', 0.5, `{${labels}}`),
          // Three times what may be: at 1.86 times it is detected within four seconds.
          { expr: burns, eval_time: '64s', exp_samples: [count('detected', 1)] },
          { expr: burns, eval_time: '74s', exp_samples: [count('detected', 2), count('suspected', 2)] },
          nothing(missed, '74s'),
          // Of 800 rows 160 may be wrong, and 60 + 120 are.
          { expr: missed, eval_time: '80s', exp_samples: [count('detected', 1)] },
        ],
      },
      {
        name: 'one in four is slow, and suspected',
        interval: '1s',
        input_series: given(stream(1, 2.5)),
        promql_expr_test: [
          nothing(burns, '70s'),
          { expr: burns, eval_time: '100s', exp_samples: [count('suspected', 1)] },
          nothing(missed, '100s'),
        ],
      },
      {
        name: 'a few rows say nothing, however wrong they are',
        interval: '1s',
        input_series: given((cell, second) => (cell === 1 ? Math.min(second, 20) : 0)),
        promql_expr_test: [nothing(burns, '20s'), nothing(missed, '100s')],
      },
    ],
    budget,
  );
});

test('a drift that a detector has found is an alert for its window; a warning is suspected while it lasts', async () => {
  const watched = generateRules(churn([detector({ method: 'hddm-a', window: '20s' })]), {
    evaluationMs: 1_000,
  });
  const seconds = 60;
  const of = (name: string, value: (second: number) => number) =>
    gauge(
      name,
      { ...v1, detector: 'hddm-a' },
      Array.from({ length: seconds }, (_, s) => value(s)),
    );
  const firing =
    'count by (level, metric) (ALERTS{alertname="DriftloopDetector",alertstate="firing",kind="drift"})';
  const one = (level: string) => ({ labels: `{metric="hddm-a",level="${level}"}`, value: 1 });
  await passes(
    [
      {
        name: 'a warning at second 10, a drift at second 20',
        interval: '1s',
        input_series: [
          ...champion(seconds),
          of('driftloop_detector_drifts_total', (s) => (s < 20 ? 3 : 4)),
          of('driftloop_detector_suspects', (s) => (s >= 10 && s < 20 ? 1 : 0)),
        ],
        promql_expr_test: [
          nothing(firing, '9s'),
          { expr: firing, eval_time: '12s', exp_samples: [one('suspected')] },
          { expr: firing, eval_time: '22s', exp_samples: [one('detected')] },
          { expr: firing, eval_time: '39s', exp_samples: [one('detected')] },
          nothing(firing, '41s'),
        ],
      },
    ],
    watched,
  );
});
