import { parseConfig } from '../domain/config.ts';
import { roleMetrics, type RoleMetric } from '../domain/role-metrics.ts';
import { metricTable } from '../monitors/metrics/metric-table.ts';
import { generateRules } from '../monitors/rules/generate-rules.ts';
import { recordedTable } from '../monitors/rules/recorded-table.ts';

/** The reference page of everything that Prometheus can be asked about models, from the tables in `monitors/`. */
export function metricsPage(): string {
  const words = (labels: readonly string[]) => labels.map((label) => `\`${label}\``).join(' ');
  const exported = Object.values(metricTable).map(
    ({ name, kind, help, labels }) => `| \`${name}\` | ${kind} | ${words(labels)} | ${help} |`,
  );
  const recorded = Object.values(recordedTable).map(
    ({ name, help, labels }) => `| \`${name}\` | ${words(labels)} | ${help} |`,
  );
  const counted = Object.values<RoleMetric>(roleMetrics).map(
    ({ name, role, kind, help, labels }) =>
      `| \`${name}\` | ${role} | ${kind} | ${words(labels)} | ${help} |`,
  );
  return [
    '# Metrics and alerts',
    '',
    'Made from the tables in `domain/role-metrics.ts`, `monitors/metrics` and `monitors/rules` by `npm run docs`. How counts over a window are made is in [decisions/counting-in-a-window.md](../decisions/counting-in-a-window.md).',
    '',
    '## Exported by `driftloop monitor`',
    '',
    'Counters are absolute: each scrape says what the database says. Several instances say the same; take `max without (instance, job)` before anything else, or use what the rules record.',
    '',
    '| metric | kind | labels | what it means |',
    '|---|---|---|---|',
    ...exported,
    '',
    '## Counted by the roles themselves',
    '',
    'Each instance counts for itself and begins at zero; sum over instances. All carry `namespace`. Besides, every role exports what Node says of its process (`process_*`, `nodejs_*`). `driftloop worker` exports besides only how webhooks stand: what it does is in the database and in Temporal.',
    '',
    '| metric | role | kind | labels | what it means |',
    '|---|---|---|---|---|',
    ...counted,
    '',
    '## Recorded by the rules',
    '',
    'One group of rules a model. The label `window` names the stretch (`10s`, `1d`). A series without rows to speak of is absent: no data is neither health nor drift.',
    '',
    '| series | labels | what it means |',
    '|---|---|---|',
    ...recorded,
    '',
    '## Alerts',
    '',
    'Generated from `watch` and `retrain.price`, for the champion only; that of webhooks is of the installation and has no `model`. Labels: `namespace`, `model`, `version`, `kind` (`regret`, `quality`, `estimated`, `drift`, `data`, `silence`, `rollback`, `webhook`), `level` (`suspected` is worth a look, `detected` may start a run; silence never does), and where they apply `metric`, `window`, `feature`, `problem`, `slice`, `value`. Annotations: `sentence`, `value`, `bound`, `firstSeen` (since when it holds without a break), `link` (the page of the model, where `DRIFTLOOP_CONSOLE_URL` says the address of the console), and of all but silence `moved`: the features that have moved most.',
    '',
    '| alert | kind | level | says |',
    '|---|---|---|---|',
    ...alerts(),
    '',
  ].join('\n');
}

/** The alerts of models that watch everything, each once. */
function alerts(): string[] {
  const { models } = parseConfig({
    models: [
      {
        name: 'churn',
        task: { kind: 'classification', labels: ['stay', 'leave'] },
        input: { age: { kind: 'number' } },
        gate: { slices: ['age'] },
        watch: [
          { kind: 'quality', metric: 'accuracy', atLeast: 0.8 },
          { kind: 'as-happened', atLeast: 0.8, coverage: 0.8, window: '7d', lag: '1d' },
          { kind: 'estimated', metric: 'accuracy', atLeast: 0.8 },
          { kind: 'objective', metric: 'accuracy', atLeast: 0.93 },
          { kind: 'drift' },
          { kind: 'drift', falseAlarmsPerMonth: 1 },
          { kind: 'detector', method: 'adwin' },
          { kind: 'data' },
          { kind: 'slice', of: 'age', atLeast: 0.8 },
        ],
      },
      {
        name: 'churn-cost',
        task: { kind: 'regression', tolerance: 5 },
        input: { age: { kind: 'number' } },
        watch: [{ kind: 'off-by', metric: 'mae', atMost: 4 }],
      },
    ],
  });
  const { groups } = generateRules(models, { evaluationMs: 15_000 });
  const readable = (template: string) =>
    template
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '‹$1›')
      .replaceAll(/\{\{ or \$labels\.(\w+) "[^"]*" \}\}/g, '‹$1›')
      .replaceAll(/\{\{ printf "[^"]*" \$value \}\}/g, '‹value›')
      .replaceAll(/churn(-cost)?/g, '‹model›');
  const lines = groups.flatMap(({ rules }) =>
    rules.flatMap((rule) =>
      'alert' in rule
        ? [
            `| \`${rule.alert}\` | ${rule.labels['kind']} | ${rule.labels['level']} | ${readable(rule.annotations['sentence'] ?? '')} |`,
          ]
        : [],
    ),
  );
  return [...new Set(lines)];
}
