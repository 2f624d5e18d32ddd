import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import type { RuleFile } from '../../monitors/rules/rule.ts';
import { alertmanager } from '../../infra/local/parts/alertmanager.ts';
import { prometheus } from '../../infra/local/parts/prometheus.ts';
import { provision } from '../../infra/local/provision.ts';
import { realTools } from '../../infra/local/tools.ts';

/** The real programs, found or fetched as the local stack does; an address in the environment is not asked. */
export const prometheusPrograms = () => (programs ??= findPrograms());
let programs: ReturnType<typeof findPrograms> | undefined;

async function findPrograms() {
  const tools = realTools({
    ...process.env,
    DRIFTLOOP_PROMETHEUS_URL: undefined,
    DRIFTLOOP_ALERTMANAGER_URL: undefined,
  });
  const [p, a] = await Promise.all([provision(prometheus, tools), provision(alertmanager, tools)]);
  if (p === null || a === null || !('files' in p) || !('files' in a)) throw new Error('no programs');
  return { ...p.files, ...a.files };
}

/** A case of `promtool test rules`. */
export type PromtoolTest = {
  name: string;
  interval: string;
  input_series: { series: string; values: string }[];
  promql_expr_test?: { expr: string; eval_time: string; exp_samples?: { labels: string; value: number }[] }[];
  alert_rule_test?: {
    eval_time: string;
    alertname: string;
    exp_alerts: { exp_labels: Record<string, string>; exp_annotations: Record<string, string> }[];
  }[];
};

type Said = { passed: boolean; output: string };

/** Runs promtool on rules; what it says is in the failure of whoever expects it to pass. */
async function promtool(
  rules: RuleFile,
  args: (rulesFile: string, folder: string) => Promise<string[]>,
): Promise<Said> {
  const { promtool: program } = await prometheusPrograms();
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-promtool-'));
  try {
    const file = path.join(folder, 'rules.yml');
    await writeFile(file, stringify(rules, { lineWidth: 0 }));
    const argv = await args(file, folder);
    return await new Promise((resolve) => {
      execFile(program, argv, { maxBuffer: 1e8 }, (error, stdout, stderr) =>
        resolve({ passed: error === null, output: `${stdout}${stderr}` }),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const checkRules = (rules: RuleFile): Promise<Said> =>
  promtool(rules, async (file) => ['check', 'rules', '--lint=all', '--lint-fatal', file]);

export const testRules = (
  rules: RuleFile,
  tests: readonly PromtoolTest[],
  evaluation = '1s',
): Promise<Said> =>
  promtool(rules, async (file, folder) => {
    const testFile = path.join(folder, 'test.yml');
    const content = { rule_files: [file], evaluation_interval: evaluation, tests };
    await writeFile(testFile, stringify(content, { lineWidth: 0 }));
    return ['test', 'rules', testFile];
  });

/** Values, one a scrape, as promtool writes them; null is a missed scrape, 'stale' a vanished series. */
export const values = (numbers: readonly (number | null | 'stale')[]): string =>
  numbers.map((n) => (n === null ? '_' : String(n))).join(' ');

/** `name{a="b"}` */
export const series = (name: string, labels: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(labels)
    .map(([k, v]) => `${k}=${JSON.stringify(v)}`)
    .join(',')}}`;

/** Expects one series with a value that is that close; promtool itself compares floats to the last bit. */
export const near = (expr: string, at: string, expected: number, labels: string, within = 1e-9) => ({
  expr: `abs(${expr} - ${expected}) < bool ${within}`,
  eval_time: at,
  exp_samples: [{ labels, value: 1 }],
});

/** Expects that a query finds nothing. */
export const nothing = (expr: string, at: string) => ({ expr, eval_time: at });
