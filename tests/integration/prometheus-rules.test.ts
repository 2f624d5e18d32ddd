import { expect, test } from 'vitest';
import { drift, quality } from '../../domain/config.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { checkRules, near, nothing, series, values } from '../support/promtool.ts';
import {
  cells,
  champion,
  churn,
  noneWithdrawn,
  onTen,
  outcomes,
  passes,
  rules,
  scraped,
  v1,
} from '../support/rule-series.ts';

test('promtool accepts the rules, of one model and of several with several windows', async () => {
  for (const file of [
    rules,
    generateRules(churn([]), { evaluationMs: 15_000 }),
    generateRules(
      churn([
        quality({ metric: 'macroF1', atLeast: 0.7, window: '1d', for: '0s' }),
        quality({ metric: 'accuracy', atLeast: 0.7, window: '1h' }),
        drift({ window: '1.5d' }),
      ]),
      { namespace: 'staging', evaluationMs: 250, instanceLabels: ['instance', 'job', 'pod'] },
    ),
  ]) {
    const said = await checkRules(file);
    expect(said.passed, said.output).toBe(true);
    expect(said.output).toContain('SUCCESS');
  }
});

test('a rule file that promtool would refuse fails this check', async () => {
  const broken = { groups: [{ name: 'x', interval: '1s', rules: [{ record: 'a:b', expr: 'sum(' }] }] };
  expect((await checkRules(broken)).passed).toBe(false);
});

/** A stream of labelled rows: how many of each cell came in each second. */
function randomStream(seconds: number, seed: number): number[][] {
  let state = seed;
  const next = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return Array.from({ length: seconds }, () => cells.map(() => Math.floor(next() * 7)));
}

test('two instances, one of them restarted: windowed counts and accuracy are exact to the row', async () => {
  const seconds = 60;
  const stream = randomStream(seconds, 7);
  const total = (cell: number, second: number) =>
    stream.slice(0, second + 1).reduce((sum, row) => sum + row[cell]!, second === 0 ? -stream[0]![cell]! : 0);
  // Zero at the first scrape, as of a version that has just been registered.
  const absolute = (cell: number, second: number) => Math.max(0, total(cell, second) - stream[0]![cell]!);
  const input_series = [
    ...champion(seconds),
    ...outcomes('a', seconds, (cell, s) =>
      // Instance a dies, is gone for eight seconds, and comes back with the same absolute counters.
      s >= 20 && s < 28 ? (s === 20 ? 'stale' : null) : second0(absolute(cell, s), s),
    ),
    // Instance b sees the database a second late, and starts late.
    ...outcomes('b', seconds, (cell, s) => (s < 5 ? null : absolute(cell, Math.max(0, s - 1)))),
    ...noneWithdrawn(seconds),
  ];
  function second0(value: number, s: number) {
    return s === 0 ? 0 : value;
  }
  // What every instance together knows at a second; in the gap of a only b is left, which is a second late.
  const known = (cell: number, s: number) =>
    s >= 20 && s < 28 ? absolute(cell, s - 1) : second0(absolute(cell, s), s);
  const promql_expr_test = [3, 7, 15, 20, 24, 28, 33, 40, 59].flatMap((s) => {
    const rows = cells.map((_, cell) => known(cell, s) - (s < 10 ? 0 : known(cell, s - 10)));
    const all = rows.reduce((a, b) => a + b, 0);
    return [
      {
        expr: 'driftloop:labelled_rows:window',
        eval_time: `${s}s`,
        exp_samples: [{ labels: `driftloop:labelled_rows:window{${onTen}}`, value: all }],
      },
      near('driftloop:accuracy:window', `${s}s`, (rows[0]! + rows[3]!) / all, `{${onTen}}`),
    ];
  });
  await passes([{ name: 'exact', interval: '1s', input_series, promql_expr_test }]);
});

test('a fresh Prometheus that meets a counter at 100,000 does not take it for the first window', async () => {
  const input_series = [
    ...champion(30),
    ...outcomes('a', 30, (cell, s) => 100_000 + (cell === 0 ? 3 * s : 0)),
    ...noneWithdrawn(30),
  ];
  const rows = (s: number, value: number) => ({
    expr: 'driftloop:labelled_rows:window',
    eval_time: `${s}s`,
    exp_samples: [{ labels: `driftloop:labelled_rows:window{${onTen}}`, value }],
  });
  await passes([
    { name: 'late', interval: '1s', input_series, promql_expr_test: [rows(0, 0), rows(4, 12), rows(25, 30)] },
    {
      name: 'the same after everything was gone for longer than a window',
      interval: '1s',
      input_series: [
        ...champion(60),
        ...outcomes('a', 60, (cell, s) =>
          s >= 10 && s < 40 ? (s === 10 ? 'stale' : null) : 500 + (cell === 0 ? 3 * s : 0),
        ),
        ...noneWithdrawn(60),
      ],
      promql_expr_test: [
        rows(9, 27),
        nothing('driftloop:labelled_rows:window', '30s'),
        rows(40, 0),
        rows(45, 15),
        rows(55, 30),
      ],
    },
  ]);
});

test('a correction takes the old outcome back; one from before the window cannot make a count negative', async () => {
  const input_series = [
    ...champion(40),
    // Second 20: five rows said stay/stay. Second 25: two of them are corrected to leave.
    ...outcomes('a', 40, (cell, s) => (cell === 0 && s >= 20 ? 5 : cell === 2 && s >= 25 ? 2 : 0)),
    ...outcomes('a', 40, (cell, s) => (cell === 0 && s >= 25 ? 2 : 0), {
      name: 'driftloop_outcomes_withdrawn_total',
    }),
  ];
  const cell = (at: string, label: string, value: number) => ({
    expr: `driftloop:outcomes:window{label="${label}",predicted="stay"}`,
    eval_time: at,
    exp_samples: [
      {
        labels: `driftloop:outcomes:window{label="${label}",model="churn",namespace="default",predicted="stay",version="v1",window="10s"}`,
        value,
      },
    ],
  });
  await passes([
    {
      name: 'corrected',
      interval: '1s',
      input_series,
      promql_expr_test: [
        cell('26s', 'stay', 3),
        cell('26s', 'leave', 2),
        near('driftloop:accuracy:window', '26s', 3 / 5, `{${onTen}}`),
        // The five are out of the window, their correction is still in it.
        cell('32s', 'stay', 0),
        cell('32s', 'leave', 2),
      ],
    },
  ]);
});

test('macro precision, recall and F1 are those of scikit-learn', async () => {
  // The example of its documentation: y_true = [0,1,2,0,1,2], y_pred = [0,2,1,0,0,1].
  const pairs = [
    ['0', '0', 2],
    ['1', '2', 1],
    ['1', '0', 1],
    ['2', '1', 2],
    // A label that was neither seen nor predicted does not count.
    ['3', '3', 0],
  ] as const;
  const all = ['0', '1', '2', '3'];
  const count = (label: string, predicted: string) =>
    pairs.find(([l, p]) => l === label && p === predicted)?.[2] ?? 0;
  const input_series = [
    ...champion(15),
    ...['driftloop_outcomes_total', 'driftloop_outcomes_withdrawn_total'].flatMap((name) =>
      all.flatMap((label) =>
        all.map((predicted) => ({
          series: series(name, scraped('a', { ...v1, label, predicted, partition: 'train' })),
          values: values(
            Array.from({ length: 15 }, (_, s) =>
              s < 8 || name.includes('withdrawn') ? 0 : count(label, predicted),
            ),
          ),
        })),
      ),
    ),
  ];
  await passes([
    {
      name: 'macro',
      interval: '1s',
      input_series,
      promql_expr_test: [
        near('driftloop:macro_precision:window', '9s', 2 / 9, `{${onTen}}`),
        near('driftloop:macro_recall:window', '9s', 1 / 3, `{${onTen}}`),
        near('driftloop:macro_f1:window', '9s', 4 / 15, `{${onTen}}`),
        near('driftloop:champion_macro_f1:window', '9s', 4 / 15, `{${onTen}}`),
        ...(
          [
            ['precision', [2 / 3, 0, 0]],
            ['recall', [1, 0, 0]],
            ['f1', [0.8, 0, 0]],
          ] as const
        ).flatMap(([metric, of]) => [
          ...of.map((value, label) =>
            near(
              `driftloop:label_${metric}:window{label="${label}"}`,
              '9s',
              value,
              `{label="${label}",${onTen}}`,
            ),
          ),
          nothing(`driftloop:label_${metric}:window{label="3"}`, '9s'),
        ]),
      ],
    },
  ]);
});
