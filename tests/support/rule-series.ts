import { expect } from 'vitest';
import { classification } from '../../domain/task.ts';
import { defineModel, drift, parseConfig, quality } from '../../domain/config.ts';
import { number } from '../../domain/input.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { series, testRules, values, type PromtoolTest } from './promtool.ts';

/** Series of a model called churn as two instances would export them, one value a second, for promtool. */

/** A model that watches this. */
export const churn = (watch: Parameters<typeof defineModel>[0]['watch'], slices: 'age'[] = []) =>
  parseConfig({
    models: [
      defineModel({
        name: 'churn',
        task: classification({ labels: ['stay', 'leave'] }),
        input: { age: number() },
        watch: watch ?? [],
        gate: { slices },
      }),
    ],
  }).models;

/** The rules that the cases are about. */
export const rules = generateRules(
  churn([
    quality({ metric: 'accuracy', atLeast: 0.8, window: '10s', for: '3s', minRows: 20 }),
    drift({ psiAtLeast: 0.25, window: '10s', for: '2s', minRows: 20 }),
  ]),
  { evaluationMs: 1_000, consoleUrl: 'https://driftloop.example.org/ops' },
);

/** What every alert of these rules tells beside its own words. */
export const told = (firstSeenSecond: number) => ({
  firstSeen: `1970-01-01 00:00:${String(firstSeenSecond).padStart(2, '0')} +0000 UTC`,
  link: 'https://driftloop.example.org/ops/models/churn',
});

export const ids = { namespace: 'default', model: 'churn' } as const;
export const v1 = { ...ids, version: 'v1' };
export const onTen = 'model="churn",namespace="default",version="v1",window="10s"';
export const scraped = (instance: string, labels: Record<string, string>) => ({
  ...labels,
  instance,
  job: 'driftloop',
  role: 'monitor',
});
export const gauge = (
  name: string,
  labels: Record<string, string>,
  numbers: readonly (number | null | 'stale')[],
) => ({
  series: series(name, scraped('a', labels)),
  values: values(numbers),
});
export const always = (n: number, seconds: number) => Array.from({ length: seconds }, () => n);
export const champion = (seconds: number, version = 'v1') => [
  gauge('driftloop_champion_info', { ...ids, version }, always(1, seconds)),
  gauge('driftloop_training_price_errors', ids, always(50, seconds)),
];

export type Cell = readonly [label: string, predicted: string];
export const cells: readonly Cell[] = [
  ['stay', 'stay'],
  ['stay', 'leave'],
  ['leave', 'stay'],
  ['leave', 'leave'],
];
/** Absolute counters of one instance: `rows(at)` says how many of each cell there are at each second. */
export const outcomes = (
  instance: string,
  seconds: number,
  count: (cell: number, second: number) => number | null | 'stale',
  { version = 'v1', name = 'driftloop_outcomes_total', partition = 'train' } = {},
) =>
  cells.map(([label, predicted], cell) => ({
    series: series(name, scraped(instance, { ...ids, version, label, predicted, partition })),
    values: values(Array.from({ length: seconds }, (_, second) => count(cell, second))),
  }));
export const noneWithdrawn = (seconds: number, version = 'v1') =>
  outcomes('a', seconds, () => 0, { version, name: 'driftloop_outcomes_withdrawn_total' });

/** Expects promtool to find every case as it says. */
export const passes = async (tests: readonly PromtoolTest[], of = rules) => {
  const said = await testRules(of, tests);
  expect(said.passed, said.output).toBe(true);
};

/** Bins of one feature with these counts in the window, against these reference shares. */
export const bins = (counts: readonly number[], reference: readonly number[], seconds = 15) => [
  ...counts.map((count, bin) => ({
    series: series(
      'driftloop_feature_bin_total',
      scraped('a', { ...v1, feature: 'age', bin: String(bin), partition: 'train' }),
    ),
    values: values(Array.from({ length: seconds }, (_, s) => (s < 5 ? 0 : count))),
  })),
  ...reference.map((share, bin) =>
    gauge('driftloop_reference_share', { ...v1, feature: 'age', bin: String(bin) }, always(share, seconds)),
  ),
];
export const ofAge = `{feature="age",${onTen}}`;
