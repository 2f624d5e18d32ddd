import { test } from 'vitest';
import { offBy, parseConfig } from '../../domain/config.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { near, nothing } from '../support/promtool.ts';
import { gauge, passes } from '../support/rule-series.ts';

/** A model that answers numbers: how far off they are, by Prometheus alone. */
const rules = generateRules(
  parseConfig({
    models: [
      {
        name: 'rent',
        task: { kind: 'regression', tolerance: 10 },
        input: { size: { kind: 'number' } },
        watch: [
          offBy({ metric: 'mae', atMost: 6, window: '10s', for: '3s', minRows: 20 }),
          offBy({ metric: 'rmse', atMost: 100, window: '10s', minRows: 20 }),
        ],
      },
    ],
  }).models,
  { evaluationMs: 1_000 },
);

const ids = { namespace: 'default', model: 'rent' };
const v1 = { ...ids, version: 'v1' };
const seconds = 40;
const each = (of: (second: number) => number) => Array.from({ length: seconds }, (_, second) => of(second));

/** Five answers a second, each off by 4; from second 20 on by 8. */
const sumTo = (second: number, power: number) =>
  5 * (4 ** power * Math.min(second, 20) + 8 ** power * Math.max(0, second - 20));
const series = (rows: number) => {
  const counter = (name: string, labels: Record<string, string>, of: (second: number) => number) =>
    gauge(name, { ...v1, ...labels, partition: 'feedback-0' }, each(of));
  const zero = () => 0;
  const outcome = { label: 'right', predicted: 'right' };
  return [
    gauge(
      'driftloop_champion_info',
      v1,
      each(() => 1),
    ),
    gauge(
      'driftloop_training_price_errors',
      ids,
      each(() => 50),
    ),
    counter('driftloop_outcomes_total', outcome, (second) => rows * second),
    counter('driftloop_outcomes_withdrawn_total', outcome, zero),
    ...(['absolute', 'squared'] as const).flatMap((how, i) => [
      counter('driftloop_off_by_total', { how }, (second) => (rows / 5) * sumTo(second, i + 1)),
      counter('driftloop_off_by_withdrawn_total', { how }, zero),
    ]),
  ];
};
const firing = 'sort(count by (level) (ALERTS{alertname="DriftloopOffBy",alertstate="firing"}))';

test('errors of numbers are means over the window, and too large ones an alert: suspected, then detected', async () => {
  const on = '{model="rent",namespace="default",version="v1",window="10s"}';
  await passes(
    [
      {
        name: 'twice as far off',
        interval: '1s',
        input_series: series(5),
        promql_expr_test: [
          near('driftloop:mean_absolute_error:window', '15s', 4, on),
          near('driftloop:root_mean_squared_error:window', '15s', 4, on),
          // Half of the rows by 4, half by 8.
          near('driftloop:champion_mean_absolute_error:window', '25s', 6, on),
          near('driftloop:champion_root_mean_squared_error:window', '25s', Math.sqrt(40), on),
          nothing(firing, '25s'),
          { expr: firing, eval_time: '26s', exp_samples: [{ labels: '{level="suspected"}', value: 1 }] },
          { expr: `count(${firing})`, eval_time: '30s', exp_samples: [{ labels: '{}', value: 2 }] },
          nothing('ALERTS{metric="rmse"}', '39s'),
        ],
      },
      {
        name: 'with too few rows nothing is known',
        interval: '1s',
        input_series: series(1),
        promql_expr_test: [nothing(firing, '39s')],
      },
      {
        name: 'and with none there is no figure at all',
        interval: '1s',
        input_series: series(0),
        promql_expr_test: [nothing('driftloop:mean_absolute_error:window', '39s'), nothing(firing, '39s')],
      },
    ],
    rules,
  );
});
