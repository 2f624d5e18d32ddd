/**
 * `npm test [-- FILTER…]`: all set-up, then every test, then one plain line with the counts.
 * Plain JavaScript, because it also runs before the dependencies are there.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../infra/local/bootstrap.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
await ensureDependencies();

const scratch = mkdtempSync(path.join(tmpdir(), 'driftloop-test-'));
const report = path.join(scratch, 'report.json');
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
const child = spawn(
  process.execPath,
  [
    vitest,
    'run',
    '--reporter=default',
    '--reporter=json',
    '--reporter=tests/support/second-try.ts',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
const code = await new Promise((resolve) => child.once('exit', (c) => resolve(c ?? 1)));

let counts = { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
try {
  const json = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = json.numPendingTests + (json.numTodoTests ?? 0);
  // A file that could not even be loaded has no test to count, but it has failed.
  const broken = json.testResults.filter(
    (f) => f.status === 'failed' && f.assertionResults.length === 0,
  ).length;
  counts = {
    passed: json.numPassedTests,
    failed: Math.max(json.numFailedTests + broken, code === 0 ? 0 : 1),
    skipped,
  };
} catch {
  // No report: the runner itself failed; the count above says so.
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
if (counts.skipped > 0 && !process.env.DRIFTLOOP_SHARED) {
  process.stdout.write('Tests on real data are skipped: DRIFTLOOP_SHARED is not set.\n');
}
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exit(code);
