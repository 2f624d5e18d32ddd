import { expect, test } from 'vitest';
import { classification, generation, regression } from '../../../../domain/task.ts';
import {
  asHappened,
  data,
  defineModel,
  detector,
  drift,
  estimated,
  objective,
  offBy,
  parseConfig,
  quality,
  slice,
} from '../../../../domain/config.ts';
import { number, text } from '../../../../domain/input.ts';
import { metricTable } from '../../../../monitors/metrics/metric-table.ts';
import { generateRules, watchedWindows } from '../../../../monitors/rules/generate-rules.ts';
import { recordedTable } from '../../../../monitors/rules/recorded-table.ts';
import { promDuration, selector } from '../../../../monitors/rules/rule.ts';
import type { AlertRule, RecordingRule } from '../../../../monitors/rules/rule.ts';

const declare = (
  name: string,
  watch: NonNullable<Parameters<typeof defineModel>[0]['watch']>,
  slices: 'x'[] = [],
) =>
  defineModel({
    gate: { slices },
    name,
    task: classification({ labels: ['no', 'yes'] }),
    input: { x: number() },
    watch,
  });
const { models } = parseConfig({
  models: [
    declare(
      'churn',
      [
        quality({ metric: 'accuracy', atLeast: 0.8, window: '10s' }),
        quality({ metric: 'macroF1', atLeast: 0.7, window: '1h', for: '0s' }),
        drift({ window: '1d' }),
        slice({ of: 'x', metric: 'macroF1', atLeast: 0.6, window: '6h' }),
        data({ window: '30m' }),
      ],
      ['x'],
    ),
    { ...declare('fraud', []), rollout: { drill: { cron: '0 6 * * 1', within: '30s' } } },
    declare('sales', [
      objective({ metric: 'macroRecall', atLeast: 0.9, over: '3d' }),
      detector({ method: 'adwin' }),
      estimated({ metric: 'macroF1', atLeast: 0.7 }),
      asHappened({ atLeast: 0.9, coverage: 0.8, window: '3d', lag: '1d' }),
      drift({ falseAlarmsPerMonth: 2, window: '6h' }),
    ]),
    defineModel({
      name: 'rent',
      task: regression({ tolerance: 50 }),
      input: { size: number() },
      watch: [offBy({ metric: 'mae', atMost: 20 })],
    }),
    defineModel({ name: 'chat', task: generation(), input: { prompt: text() }, base: './bases/decoder' }),
  ],
});
const consoleUrl = 'https://driftloop.example.org';
const file = generateRules(models, { namespace: 'staging', evaluationMs: 1_000, consoleUrl });
const isAlert = (rule: RecordingRule | AlertRule): rule is AlertRule => 'alert' in rule;
const ofModels = file.groups.slice(0, models.length);
const alerts = ofModels.flatMap((group) => group.rules.filter(isAlert));

test('each model has a group of its own, and the installation one, evaluated as often as asked', () => {
  expect(file.groups.map(({ name, interval }) => [name, interval])).toEqual([
    ['driftloop/staging/churn', '1s'],
    ['driftloop/staging/fraud', '1s'],
    ['driftloop/staging/sales', '1s'],
    ['driftloop/staging/rent', '1s'],
    ['driftloop/staging/chat', '1s'],
    ['driftloop/staging', '1s'],
  ]);
});

test('a rule reads only metrics of the table and what rules before it have recorded', () => {
  const exported = new Set<string>(Object.values(metricTable).map((metric) => metric.name));
  const promised = new Set<string>(Object.values(recordedTable).map((series) => series.name));
  const everRecorded = new Set<string>();
  for (const group of ofModels) {
    const recorded = new Set<string>();
    for (const rule of group.rules) {
      if (!isAlert(rule)) {
        const isKnown = promised.has(rule.record) || /:(max|since)$/.test(rule.record);
        expect(isKnown, rule.record).toBe(true);
        // Only the value with which a series was first seen looks at its own last answer.
        if (rule.record.endsWith(':since')) recorded.add(rule.record);
      }
      for (const [name] of rule.expr.matchAll(/driftloop[_:][a-z0-9_:]+/g)) {
        const isThere = name.startsWith('driftloop_') ? exported.has(name) : recorded.has(name);
        expect(isThere, `${name} in ${rule.expr}`).toBe(true);
      }
      if (!isAlert(rule)) recorded.add(rule.record);
    }
    for (const name of recorded) everRecorded.add(name);
  }
  for (const name of promised) expect(everRecorded.has(name), name).toBe(true);
});

test('what is of the installation is of its namespace, and of no model', () => {
  const { rules } = file.groups.at(-1)!;
  expect(rules.map((rule) => isAlert(rule) && [rule.alert, rule.labels])).toEqual([
    ['DriftloopWebhookDead', { namespace: 'staging', kind: 'webhook', level: 'suspected' }],
  ]);
  for (const { expr } of rules) expect(expr).toContain('{namespace="staging"');
});

test('every series that a rule reads is of one namespace and one model', () => {
  for (const group of ofModels) {
    const [, namespace, model] = group.name.split('/');
    for (const { expr } of group.rules) {
      const series = [...expr.matchAll(/driftloop[_:][a-z0-9_:]+(\{[^}]*\})?/g)];
      expect(series.length).toBeGreaterThan(0);
      for (const [, matchers] of series) {
        expect(matchers).toContain(`namespace="${namespace}",model="${model}"`);
      }
    }
  }
});

test('an alert says who, what kind, how sure, and a sentence with the value and the bound', () => {
  expect(alerts.length).toBeGreaterThan(8);
  for (const { labels, annotations } of alerts) {
    expect(labels['namespace']).toBe('staging');
    expect(['regret', 'quality', 'estimated', 'drift', 'data', 'silence', 'rollback']).toContain(
      labels['kind'],
    );
    expect(['churn', 'fraud', 'sales', 'rent', 'chat']).toContain(labels['model']);
    expect(['suspected', 'detected']).toContain(labels['level']);
    expect(annotations['sentence']).toMatch(/\.$/);
    expect(Number(annotations['bound'])).toBeGreaterThanOrEqual(0);
    expect(annotations['value']).toMatch(/\$value|^0$/);
    expect(annotations['firstSeen']).toContain('ALERTS_FOR_STATE');
    expect(annotations['link']).toBe(`${consoleUrl}/models/${labels['model']}`);
    // What says that something has changed also says which inputs did.
    if (labels['kind'] !== 'silence' && labels['kind'] !== 'rollback')
      expect(annotations['moved']).toContain('driftloop:champion_psi');
  }
});

test('regret is watched whatever a config watches, and silence is its own kind', () => {
  const of = (model: string) =>
    alerts.filter((a) => a.labels['model'] === model).map((a) => `${a.alert} ${a.labels['level']}`);
  expect(of('fraud')).toEqual([
    'DriftloopRegret detected',
    'DriftloopRegret suspected',
    'DriftloopNoData detected',
    'DriftloopNoFeedback detected',
    'DriftloopNoTraffic detected',
    'DriftloopNoTraffic suspected',
    'DriftloopWayBackClosed detected',
    'DriftloopWayBackSlow detected',
    'DriftloopDrillOverdue detected',
    'DriftloopDrillOverdue suspected',
  ]);
  expect(of('churn').filter((a) => a.startsWith('DriftloopQuality'))).toHaveLength(4);
});

test('a suspicion is said at once; what may begin a run, and silence, waits for its `for`', () => {
  const waits = alerts
    .filter((a) => a.labels['model'] === 'churn' && a.for !== undefined)
    .map((a) => [a.alert, a.labels['level'], a.for]);
  expect(waits).toEqual([
    ['DriftloopQuality', 'detected', '10m'],
    ['DriftloopInputDrift', 'detected', '10m'],
    ['DriftloopSliceQuality', 'detected', '10m'],
    ['DriftloopDataQuality', 'detected', '10m'],
    ['DriftloopNoData', 'detected', '5s'],
    ['DriftloopSliceUnknown', 'suspected', '10m'],
    ['DriftloopSliceNotExported', 'suspected', '10m'],
  ]);
});

test('the windows of a model are those of its watches, or the default', () => {
  const [churn, fraud] = models;
  expect(watchedWindows(churn!)).toEqual({ outcomes: [10_000, 3_600_000], inputs: [86_400_000] });
  expect(watchedWindows(fraud!, { windowMs: 60_000 })).toEqual({ outcomes: [60_000], inputs: [60_000] });
});

test('the rules are plain data: they survive JSON', () => {
  expect(JSON.parse(JSON.stringify(file))).toEqual(file);
});

test('a sentence tells of times as a reader does, and not as Prometheus', () => {
  const sentences = alerts.map(({ annotations }) => annotations['sentence']!);
  expect(sentences.filter((sentence) => /\b\d+(ms|[smhdw])\b/.test(sentence))).toEqual([]);
  const odd = declare('odd', [quality({ metric: 'accuracy', atLeast: 0.8, window: '57600ms' })]);
  const rules = generateRules(parseConfig({ models: [odd] }).models, {
    namespace: 'staging',
    evaluationMs: 1_000,
    consoleUrl,
  });
  expect(JSON.stringify(rules)).toContain('anything in the last 58 seconds: nothing is known');
});

test('durations are written in their largest whole unit', () => {
  expect([250, 10_000, 90_000, 3_600_000, 86_400_000, 0.2].map(promDuration)).toEqual([
    '250ms',
    '10s',
    '90s',
    '1h',
    '1d',
    '1ms',
  ]);
});

test('a label value cannot break out of its selector', () => {
  expect(selector({ namespace: 'a"b', model: 'c\\' })).toBe('{namespace="a\\"b",model="c\\\\"}');
});
