/** `npm run check`: types, lint, format, dead code. (Architecture is a test.) Ends with one plain line of counts. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ensureDependencies } from '../infra/local/bootstrap.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
await ensureDependencies();

const bin = (name) => path.join(root, 'node_modules/.bin', name);
/** @type {[string, string, string[]][]} */
const checks = [
  // By its path: two versions of it are installed, and .bin has room for one.
  ['types', process.execPath, [path.join(root, 'node_modules/typescript-7/bin/tsc'), '-p', 'tsconfig.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--quiet']],
  ['format', bin('oxfmt'), ['--check']],
  ['dead code', bin('knip'), []],
];
/** Side by side: each is one long thread. */
const results = await Promise.all(
  checks.map(async ([name, command, args]) => {
    const began = Date.now();
    const said = await promisify(execFile)(command, args, { cwd: root, maxBuffer: 1e8 }).catch(
      (error) => error,
    );
    const isGood = !(said instanceof Error);
    process.stdout.write(`${isGood ? '✓' : '✗'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
    if (!isGood) process.stdout.write(`${said.stdout}${said.stderr}\n`);
    return isGood;
  }),
);
const failed = results.filter((isGood) => !isGood).length;
process.stdout.write(`${checks.length - failed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
