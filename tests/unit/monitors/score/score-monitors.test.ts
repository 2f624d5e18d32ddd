import { expect, test } from 'vitest';
import { scoreDrift } from '../../../../cli/drift/score.ts';
import { defineModel, detector, drift, parseConfig, quality } from '../../../../domain/config.ts';
import { number } from '../../../../domain/input.ts';
import { classification } from '../../../../domain/task.ts';
import { driftsOf, stretchesOf } from '../../../../monitors/score/hindsight.ts';
import {
  alwaysFires,
  besideClock,
  clockScore,
  scoreAlarms,
} from '../../../../monitors/score/score-alarms.ts';
import { randomShares } from '../../../support/random-shares.ts';

const { models } = parseConfig({
  models: [
    defineModel({
      name: 'churn',
      task: classification({ labels: ['no', 'yes'] }),
      input: { x: number() },
      watch: [
        quality({ metric: 'accuracy', atLeast: 0.8, window: '1h' }),
        detector({ method: 'adwin', params: { delta: 0.01 } }),
        drift({ falseAlarmsPerMonth: 1 }),
        drift({ psiAtLeast: 0.2 }),
      ],
    }),
  ],
});

/** Rows whose error rate is one after the other of these, each for so many rows; one a minute. */
function rowsOf(seed: number, ...parts: [rate: number, rows: number][]) {
  const random = randomShares(seed);
  return parts
    .flatMap(([rate, rows]) => Array.from({ length: rows }, () => random() < rate))
    .map((isWrong, i) => ({ seq: i + 1, isWrong, answer: 'no', atMs: i * 60_000 }));
}
const errorsOf = (rows: readonly { isWrong: boolean }[]) => rows.map(({ isWrong }) => isWrong);

test('hindsight finds where a champion became worse and when that was over, and nothing where nothing was', () => {
  const rows = rowsOf(1, [0.1, 2_000], [0.3, 1_000], [0.1, 2_000], [0.2, 1_000]);
  const drifts = driftsOf(stretchesOf(errorsOf(rows)));
  expect(drifts).toHaveLength(2);
  for (const [k, at] of [2_000, 3_000, 5_000, 6_000].entries())
    expect(Math.abs([drifts[0]!.from, drifts[0]!.to, drifts[1]!.from, drifts[1]!.to][k]! - at)).toBeLessThan(
      60,
    );
  const quiet = Array.from({ length: 20 }, (_, seed) =>
    stretchesOf(errorsOf(rowsOf(seed + 10, [0.2, 3_000]))),
  );
  expect(quiet.filter((stretches) => driftsOf(stretches).length > 0)).toEqual([]);
  expect(stretchesOf([])).toEqual([]);
});

test('an alarm is right while a drift lasts; what always fires is as precise as there is something to say', () => {
  const record = {
    rows: 1_000,
    drifts: [
      { from: 400, to: 600 },
      { from: 900, to: 1_000 },
    ],
  };
  expect(scoreAlarms(record, [100, 450, 500])).toEqual({
    alarms: 3,
    found: 1,
    drifts: 2,
    delay: 50,
    precision: 2 / 3,
    unalarmedRows: 150,
  });
  expect(alwaysFires(record)).toMatchObject({ found: 2, delay: 0, precision: 0.3, unalarmedRows: 0 });
  expect(scoreAlarms(record, [])).toMatchObject({ found: 0, precision: null, unalarmedRows: 300 });
});

test('the clock is worth what clocks of every beginning are worth on average', () => {
  const record = {
    rows: 1_000,
    drifts: [
      { from: 400, to: 600 },
      { from: 900, to: 950 },
    ],
  };
  const every = 100;
  const clocks = Array.from({ length: every }, (_, phase) =>
    scoreAlarms(
      record,
      Array.from({ length: 10 }, (__, k) => phase + k * every),
    ),
  );
  const mean = (of: (score: (typeof clocks)[number]) => number) =>
    clocks.reduce((sum, score) => sum + of(score), 0) / clocks.length;
  const clock = clockScore(record, 10);
  expect(clock.found).toBeCloseTo(
    mean((score) => score.found),
    6,
  );
  expect(clock.precision).toBeCloseTo(
    mean((score) => score.precision!),
    6,
  );
  expect(Math.abs(clock.unalarmedRows - mean((score) => score.unalarmedRows))).toBeLessThan(2);
  expect(besideClock(scoreAlarms(record, [405, 902]), record)).toBe('better');
  expect(besideClock(scoreAlarms(record, [100, 200]), record)).toBe('worse');
  expect(besideClock(scoreAlarms(record, []), record)).toBe('no better');
  expect(besideClock(scoreAlarms({ drifts: [] }, []), { rows: 10, drifts: [] })).toBe('unknown');
});

test('a command scores regret, what is declared and every detector on what was recorded, each champion on its own', async () => {
  const reigns = [
    { version: 'v1', rows: rowsOf(3, [0.1, 3_000], [0.35, 800]) },
    { version: 'v2', rows: rowsOf(4, [0.35, 1_000]) },
  ];
  const stores = {
    models: { get: async () => ({ config: models[0]! }) as never },
    examples: { record: async (_: string, limit: number) => (limit > 10 ? reigns : []) },
  };
  const { json, text } = await scoreDrift(stores, 'churn', 200_000);
  const { scores, drifts, unscored } = json;
  // The second champion is as bad, and has never been better: nothing has changed for it.
  expect(drifts).toHaveLength(1);
  expect(drifts[0]).toMatchObject({ version: 'v1' });
  expect(Math.abs(drifts[0]!.fromSeq - 3_000)).toBeLessThan(60);
  expect(scores.filter((s) => s.isDeclared).map((s) => s.monitor)).toEqual([
    'regret of 50 errors',
    'accuracy at least 0.8 over 1h',
    'adwin {"delta":0.01}',
    'drift, 1 false alarms a month',
  ]);
  expect(scores).toHaveLength(4 + 11 + 2);
  expect(scores.find((s) => s.monitor === 'regret of 50 errors')).toMatchObject({
    found: 1,
    besideClock: 'better',
  });
  expect(unscored).toEqual(['drift of features']);
  expect(text).toContain('churn: 4800 labelled rows of 2 champions, 1 drift in them.');
  await expect(scoreDrift(stores, 'churn', 1)).rejects.toMatchObject({ code: 'DL_TOO_FEW_ROWS' });
});
