import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { logEvents } from '../../../domain/log-events.ts';
import { roleMetrics, type RoleMetric } from '../../../domain/role-metrics.ts';
import { metricTable } from '../../../monitors/metrics/metric-table.ts';

/** The code that runs, file by file: what is documented has to be in it, and the other way round. */
const root = fileURLToPath(new URL('../../..', import.meta.url));
const rooms = ['activities', 'cli', 'console', 'infra', 'monitors', 'serving', 'workflows'];
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...rooms], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => /\.tsx?$/.test(name))
  .map((name) => ({ name, text: readFileSync(`${root}/${name}`, 'utf8') }));

test('every log line of the table is said somewhere; what is said elsewhere the compiler refuses', () => {
  const code = files.map(({ text }) => text).join('\n');
  const isSaid = (message: string) => code.includes(`'${message}'`) || code.includes(`"${message}"`);
  const unsaid = Object.keys(logEvents).filter((message) => !isSaid(message));
  expect(unsaid).toEqual([]);
});

test('nothing is logged past the table: not with console, not with a log of one’s own', () => {
  // The command line speaks to people; a role logs.
  const isSpoken = (name: string) => /^cli\/(?!roles\/)|^infra\/local\//.test(name);
  const offenders = files.flatMap(({ name, text }) => {
    const makes = /\bpino\(/.test(text) && name !== 'cli/roles/run-role.ts';
    const speaks = /\bconsole\.(log|warn|error|info)\(/.test(text) && !isSpoken(name);
    const direct = /Context\.current\(\)\.log/.test(text) && name !== 'activities/say.ts';
    return makes || speaks || direct ? [name] : [];
  });
  expect(offenders).toEqual([]);
});

test('every metric that the code makes is one of the tables', () => {
  const known = new Set<string>([
    ...Object.values(metricTable).map((m) => m.name),
    ...Object.values<RoleMetric>(roleMetrics).map((m) => m.name),
  ]);
  const made = files.flatMap(({ name, text }) =>
    [...text.matchAll(/new (?:Counter|Gauge|Histogram|Summary)\(\{\s*name: '([^']+)'/g)].map(
      ([, metric]) => `${metric} in ${name}`,
    ),
  );
  expect(made).toEqual([]);
  const named = files.flatMap(({ text }) =>
    [...text.matchAll(/'(driftloop_[a-z_]+_total)'/g)].map(([, m]) => m!),
  );
  expect(named.filter((metric) => !known.has(metric))).toEqual([]);
});
