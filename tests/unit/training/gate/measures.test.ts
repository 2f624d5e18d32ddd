import { expect, test } from 'vitest';
import { gateSchema } from '../../../../domain/gate-config.ts';
import { generation, multiLabel, regression } from '../../../../domain/task.ts';
import { uniform } from '../../../../statistics/binomial-draw.ts';
import { answeredRows } from '../../../../training/gate/answered-rows.ts';
import { noGolden } from '../../../../training/gate/golden-checks.ts';
import { judgeGate } from '../../../../training/gate/judge-gate.ts';
import { figureOf, measuresOf } from '../../../../training/gate/measures.ts';
import { reportPair } from '../../../../training/gate/report-pair.ts';

const once = (rows: number) => new Int32Array(rows).fill(1);

test('errors of numbers are those of their definitions, also of rows that are drawn twice', () => {
  const { mae, rmse, r2 } = measuresOf(regression(), ['1', '2', '6'], ['1', '4', '3']);
  expect(figureOf(mae!, once(3))).toBeCloseTo(5 / 3, 12);
  expect(figureOf(rmse!, once(3))).toBeCloseTo(Math.sqrt(13 / 3), 12);
  // The truths 1, 4, 3 have the mean 8/3 and the squared spread 14/3.
  expect(figureOf(r2!, once(3))).toBeCloseTo(1 - 13 / (14 / 3), 12);
  expect(figureOf(mae!, Int32Array.of(0, 2, 1))).toBeCloseTo(7 / 3, 12);
});

test('F1 of labels is over all of them, chrF of texts their mean', () => {
  const topics = multiLabel({ labels: ['a', 'b'] });
  const { microF1 } = measuresOf(topics, ['["a"]', '["a","b"]', '[]'], ['["a"]', '["b"]', '[]']);
  expect(figureOf(microF1!, once(3))).toBeCloseTo((2 * 2) / 5, 12);
  expect(figureOf(measuresOf(topics, ['[]'], ['[]']).microF1!, once(1))).toBe(1);
  const { chrf } = measuresOf(generation(), ['same', 'abc'], ['same', 'xyz']);
  expect(figureOf(chrf!, once(2))).toBeCloseTo(0.5, 12);
});

/** A line with noise: the champion is off by more. */
const draw = uniform(5);
const rows = Array.from({ length: 600 }, () => ({ label: String(100 * draw()) }));
const off = (by: number) => rows.map(({ label }) => ({ value: Number(label) + by * (2 * draw() - 1) }));
const task = regression({ tolerance: 5 });
const [fine, coarse] = [off(6), off(20)];

test('of two versions that answer numbers the one that is right more often is promoted, with bounds on its error', () => {
  const answered = answeredRows(task, rows, fine, coarse);
  const judge = (maeAtMost: number) =>
    judgeGate(
      { test: answered, evidence: answered, golden: noGolden, artifact: null },
      gateSchema.parse({ thresholds: [{ metric: 'mae', upperBound: maeAtMost, change: { absolute: 0 } }] }),
      { kind: 'strict', look: 1, seed: 1, resamples: 500 },
    );
  expect(judge(4).verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
  const tooMuch = judge(2);
  expect(tooMuch.verdict).toMatchObject({ kind: 'reject', by: 'guardrail' });
  const { value } = tooMuch.checks.find(({ name }) => name === 'mae.upperBound')!;
  expect(value).toBeCloseTo(
    fine.reduce((sum, { value: given }, i) => sum + Math.abs(given - Number(rows[i]!.label)), 0) /
      rows.length,
    10,
  );
});

test('the report says how often each is right and how far off, with intervals, and has no confusion', () => {
  const report = reportPair(task, answeredRows(task, rows, fine, coarse), { resamples: 200 });
  const { challenger, champion, difference } = report as Extract<
    typeof report,
    { challenger: { mae?: unknown } }
  >;
  expect(report).toMatchObject({ rows: 600, labels: [], confusion: { challenger: [], champion: [] } });
  expect(Object.keys(challenger)).toEqual(['accuracy', 'mae', 'rmse', 'r2']);
  for (const name of ['accuracy', 'mae', 'rmse', 'r2'] as const) {
    const [ours, theirs, between] = [challenger, champion, difference].map((of) => of[name as 'accuracy']);
    expect(between!.estimate).toBeCloseTo(ours!.estimate - theirs!.estimate, 10);
    expect(between!.low).toBeLessThan(between!.high);
  }
  expect(report.discordant.wins).toBeGreaterThan(report.discordant.losses);
});

test('what answers another task, or no number at all, is named with its row', () => {
  const broken = [...fine.slice(0, 3), { value: NaN }, ...fine.slice(4)];
  expect(() => answeredRows(task, rows, broken, fine)).toThrow('in row 4 of the test set');
});
