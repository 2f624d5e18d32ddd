import { Counter, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetricsExporter } from '../../../../infra/prometheus/exporter.ts';
import { metricTable } from '../../../../monitors/metrics/metric-table.ts';
import type { MetricSample } from '../../../../monitors/metrics/sample.ts';

const ids = { namespace: 'default', model: 'churn' };
const price = (value: number): MetricSample => ({ metric: 'trainingPrice', labels: ids, value });
const stored = (value: number): MetricSample => ({
  metric: 'events',
  labels: { ...ids, kind: 'stored' },
  value,
});
const lines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('a scrape says what the source says, absolute, in every scrape anew', async () => {
  let count = 100_000;
  const exporter = createMetricsExporter({
    source: async () => [stored((count += 5)), price(50)],
    cacheMs: 0,
  });
  expect(lines(await exporter.scrape())).toEqual([
    'driftloop_events_total{namespace="default",model="churn",kind="stored"} 100005',
    'driftloop_training_price_errors{namespace="default",model="churn"} 50',
  ]);
  expect(lines(await exporter.scrape())[0]).toMatch(/ 100010$/);
});

test('a series that the source no longer names is gone', async () => {
  let samples: MetricSample[] = [stored(1), price(50)];
  const exporter = createMetricsExporter({ source: async () => samples, cacheMs: 0 });
  await exporter.scrape();
  samples = [price(50)];
  expect(lines(await exporter.scrape())).toHaveLength(1);
});

test('scrapes close to each other share one look at the source', async () => {
  let looks = 0;
  let clock = 0;
  const source = async () => [stored((looks += 1))];
  const exporter = createMetricsExporter({ source, cacheMs: 200, now: () => clock });
  await Promise.all([exporter.scrape(), exporter.scrape()]);
  clock = 199;
  await exporter.scrape();
  expect(looks).toBe(1);
  clock = 200;
  await exporter.scrape();
  expect(looks).toBe(2);
});

test('a scrape fails when the source does, and the next one looks again', async () => {
  let isDown = true;
  const source = async () => {
    if (isDown) throw new Error('the database is down');
    return [stored(1)];
  };
  const exporter = createMetricsExporter({ source, cacheMs: 60_000 });
  await expect(exporter.scrape()).rejects.toThrow('the database is down');
  isDown = false;
  expect(lines(await exporter.scrape())).toHaveLength(1);
});

test('each metric has the help and the type of the table, and the process adds its own', async () => {
  const registry = new Registry();
  new Counter({ name: 'own_total', help: 'x', registers: [registry] }).inc(3);
  const exporter = createMetricsExporter({ source: async () => [price(50)], process: registry });
  const text = await exporter.scrape();
  for (const { name, help, kind } of Object.values(metricTable)) {
    expect(text).toContain(`# HELP ${name} ${help}\n# TYPE ${name} ${kind}`);
  }
  expect(text).toContain('own_total 3');
});
