/** `npm run check`: types, lint, format, dead code. (Architecture is a test.) Ends with one plain line of counts. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from '../infra/local/bootstrap.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
await ensureDependencies();

const bin = (name) => path.join(root, 'node_modules/.bin', name);
/** @type {[string, string, string[]][]} */
const checks = [
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
  ['format', bin('prettier'), ['--check', '--log-level=warn', '.']],
  ['dead code', bin('knip'), []],
];
let failed = 0;
for (const [name, command, args] of checks) {
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const ok = status === 0;
  if (!ok) failed += 1;
  process.stdout.write(`${ok ? '✓' : '✗'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
  if (!ok) process.stdout.write(`${stdout}${stderr}\n`);
}
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
