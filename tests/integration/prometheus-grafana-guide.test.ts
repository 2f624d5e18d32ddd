import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import getPort from 'get-port';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig, quality } from '../../domain/config.ts';
import { classification } from '../../domain/task.ts';
import { category } from '../../domain/input.ts';
import { rulesOf } from '../../cli/operate/rules.ts';
import type { PrometheusPieces } from '../../cli/operate/rules.ts';
import { dashboards } from '../../infra/grafana/dashboards.ts';
import { metricTable } from '../../monitors/metrics/metric-table.ts';
import { generateRules } from '../../monitors/rules/generate-rules.ts';
import { checkRules, prometheusPrograms, series, testRules, values } from '../support/promtool.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** What docs/prometheus-grafana.md shows, as it stands there, read by the programs that it is for. */

const run = promisify(execFile);
const root = new URL('../../', import.meta.url);
let page: string;
let pieces: PrometheusPieces;
const config = parseConfig({
  models: [
    {
      name: 'churn',
      task: classification({ labels: ['stay', 'leave'] }),
      input: { plan: category(['free', 'team']) },
      watch: [quality({ metric: 'accuracy', atLeast: 0.8, window: '10m', minRows: 20, for: '0s' })],
    },
  ],
});
/** The block that begins with this line, or the first of its language. */
const block = (language: string, firstLine = ''): string =>
  page.match(new RegExp(`\`\`\`${language}\\n(${firstLine}[\\s\\S]*?)\`\`\``))![1]!;

async function ended(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

beforeAll(async () => {
  page = await readFile(new URL('docs/prometheus-grafana.md', root), 'utf8');
  pieces = await rulesOf(config, { evaluation: '30s' });
});

test('the page names every file that is written, and each is what it says', async () => {
  const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
  const isNamed = (file: string) =>
    named.some((name) => new RegExp(`^${name.replaceAll('.', '\\.').replace('*', '[a-z]+')}$`).test(file));
  expect(Object.keys(pieces.files).filter((file) => !isNamed(file))).toEqual([]);
  const boards = Object.keys(dashboards).map(
    (name) => JSON.parse(pieces.files[`grafana/dashboards/${name}`]!) as object,
  );
  expect(boards.map((board) => 'panels' in board)).toEqual(boards.map(() => true));
  const provider = parse(pieces.files['grafana/provisioning/dashboards/driftloop.yaml']!) as {
    providers: [{ options: { path: string } }];
  };
  // Where the page mounts them is where the provider looks.
  expect(block('yaml', '# compose.yaml')).toContain(`:${provider.providers[0].options.path}:ro`);
});

test('promtool takes the files, beside the config of the page', async () => {
  const programs = await prometheusPrograms();
  const folder = tempFolder();
  await mkdir(path.join(folder, 'monitoring'));
  await writeFile(path.join(folder, 'monitoring', pieces.rulesFile), pieces.files[pieces.rulesFile]!);
  const prometheus = path.join(folder, 'prometheus.yml');
  await writeFile(prometheus, block('yaml', '# prometheus.yml'));
  const { stdout } = await run(programs.promtool, ['check', 'config', prometheus]);
  expect(stdout).toMatch(/SUCCESS: \d+ rules found/);
  // The job that is written stands in the place of the one that is shown.
  const scrape = parse(pieces.files['driftloop.scrape.yml']!) as object[];
  await writeFile(
    prometheus,
    JSON.stringify({ rule_files: ['monitoring/*.rules.yml'], scrape_configs: scrape }),
  );
  await run(programs.promtool, ['check', 'config', prometheus]);
  const rules = generateRules(config.models, { namespace: 'default', evaluationMs: 30_000 });
  expect(await checkRules(rules)).toMatchObject({ passed: true });
});

test.each([
  ['the file that is written', () => pieces.files['driftloop.alertmanager.yml']!],
  ['the page', () => block('yaml', '# alertmanager.yml')],
])('Alertmanager begins with what is in %s', async (_, text) => {
  const { alertmanager } = await prometheusPrograms();
  const folder = tempFolder();
  const port = await getPort();
  await writeFile(path.join(folder, 'alertmanager.yml'), text());
  const child = spawn(
    alertmanager,
    [
      `--config.file=${path.join(folder, 'alertmanager.yml')}`,
      `--storage.path=${path.join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(() => ended(child));
  const ready = () =>
    fetch(`http://127.0.0.1:${port}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  await expect.poll(ready, { timeout: 60_000 }).toBe(true);
});

test('an alert fires while events for a webhook are given up, and ends when they are posted again', async () => {
  const rules = generateRules(config.models, { namespace: 'n', evaluationMs: 60_000 });
  const of = (webhook: string, state: string, given: number[], instance: string) => ({
    series: series('driftloop_webhook_deliveries', { namespace: 'n', webhook, state, instance }),
    values: values(given),
  });
  const alert = { alertname: 'DriftloopWebhookDead' };
  const [rule] = rules.groups.at(-1)!.rules;
  const { annotations, labels } = rule as {
    annotations: Record<string, string>;
    labels: Record<string, string>;
  };
  const exp_annotations = {
    ...annotations,
    sentence: annotations['sentence']!.replace(/\{\{ printf[^}]*\}\}/, '3').replaceAll(
      '{{ $labels.webhook }}',
      'team',
    ),
    value: '3',
    firstSeen: '1970-01-01 00:02:00 +0000 UTC',
  };
  const firing = [{ exp_labels: { ...labels, webhook: 'team' }, exp_annotations }];
  const story = {
    name: 'three are given up, seen by two workers, and posted again',
    interval: '1m',
    input_series: [
      of('team', 'dead', [0, 0, 3, 3, 0], 'a'),
      of('team', 'dead', [0, 0, 3, 3, 0], 'b'),
      of('team', 'waiting', [9, 9, 9, 9, 9], 'a'),
      of('other', 'dead', [0, 0, 0, 0, 0], 'a'),
      {
        ...of('team', 'dead', [5, 5, 5, 5, 5], 'a'),
        series: series('driftloop_webhook_deliveries', {
          namespace: 'another',
          webhook: 'team',
          state: 'dead',
        }),
      },
    ],
    alert_rule_test: [
      { ...alert, eval_time: '1m', exp_alerts: [] },
      { ...alert, eval_time: '2m', exp_alerts: firing },
      { ...alert, eval_time: '4m', exp_alerts: [] },
    ],
  };
  expect(await testRules(rules, [story], '1m')).toMatchObject({ passed: true });
});

test('a server that counts by itself is watched by the same rules', async () => {
  const port = await getPort();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', block('js')], {
    cwd: root,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  onTestFinished(() => ended(child));
  const asked = () =>
    fetch(`http://127.0.0.1:${port}/metrics`).then(
      (r) => r.text(),
      () => '',
    );
  await expect.poll(asked, { timeout: 60_000 }).toContain('driftloop_outcomes_total');
  const samples = [...(await asked()).matchAll(/^(driftloop_\w+)\{(.*)\} (\d+)$/gm)].map(
    ([, name, labels]) => ({
      name: name!,
      labels: Object.fromEntries([...labels!.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k!, v!])),
    }),
  );
  const table = new Map<string, readonly string[]>(
    Object.values(metricTable).map(({ name, labels }) => [name, labels]),
  );
  for (const { name, labels } of samples)
    expect({ name, labels: Object.keys(labels).toSorted() }).toEqual({
      name,
      labels: table.get(name)?.toSorted(),
    });
  const labelsOf = (metric: string) => samples.find(({ name }) => name === metric)!.labels;
  const steady = samples.filter(({ name }) => name.endsWith('_info') || name.endsWith('_errors'));
  const minutes = 12;
  // In every minute ten labels become known: of them nine are right at first, and three from the fifth minute on.
  const rising = (a: number, b: number) =>
    values(Array.from({ length: minutes }, (_, i) => a * Math.min(i, 4) + b * Math.max(0, i - 4)));
  const counted = (metric: string, label: string, given: string) => ({
    series: series(metric, { ...labelsOf(metric), predicted: 'stay', label }),
    values: given,
  });
  const story = {
    name: 'it becomes worse',
    interval: '1m',
    input_series: [
      ...steady.map(({ name, labels }) => ({ series: series(name, labels), values: rising(0, 0) })),
      counted('driftloop_outcomes_total', 'stay', rising(9, 3)),
      counted('driftloop_outcomes_total', 'leave', rising(1, 7)),
      counted('driftloop_outcomes_withdrawn_total', 'stay', rising(0, 0)),
      counted('driftloop_outcomes_withdrawn_total', 'leave', rising(0, 0)),
    ],
    promql_expr_test: [
      {
        expr: 'count(ALERTS{alertname="DriftloopQuality",level="detected"}) or vector(0)',
        eval_time: '4m',
        exp_samples: [{ labels: '{}', value: 0 }],
      },
      {
        expr: 'count(ALERTS{alertname="DriftloopQuality",level="detected",alertstate="firing",model="churn"}) or vector(0)',
        eval_time: '11m',
        exp_samples: [{ labels: '{}', value: 1 }],
      },
      {
        expr: 'count(ALERTS{alertname="DriftloopNoData"}) or vector(0)',
        eval_time: '11m',
        exp_samples: [{ labels: '{}', value: 0 }],
      },
    ],
  };
  const rules = generateRules(config.models, { namespace: 'default', evaluationMs: 60_000 });
  const said = await testRules(rules, [story], '1m');
  expect(said, said.output).toMatchObject({ passed: true });
});
