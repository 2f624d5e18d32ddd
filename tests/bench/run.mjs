#!/usr/bin/env node
/**
 * `npm run bench -- NAME [options]`: runs tests/bench/NAME.ts, whose `run(args)` returns the results, prints them as
 * the last line and keeps them in tests/bench/results/NAME.json. Plain JavaScript: on a fresh checkout it installs
 * the packages first.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, readTypeScript } from '../../infra/local/bootstrap.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const benches = readdirSync(here)
  .filter(
    (file) =>
      file.endsWith('.ts') && /^export (async )?function run\(/m.test(readFileSync(join(here, file), 'utf8')),
  )
  .map((file) => file.slice(0, -'.ts'.length));

const [name, ...args] = process.argv.slice(2);
if (name === undefined || !benches.includes(name) || !existsSync(join(here, `${name}.ts`))) {
  const asked = name === undefined ? 'Which bench?' : `There is no bench "${name}".`;
  process.stderr.write(`${asked}  npm run bench -- ${benches.join('|')} [--help]\n`);
  process.exit(name === '--help' ? 0 : 2);
}
await ensureDependencies();
await readTypeScript();
const { runBench } = await import('./result.ts');
const { run } = await import(`./${name}.ts`);
process.exitCode = await runBench(name, run, args);
