#!/usr/bin/env node
/**
 * `npm run example -- NAME [--short] [--keep FOLDER] [--write]`: tells examples/NAME from its own made-up rows, with the
 * commands that a reader would type, and prints what was measured. `--write` puts the figures and the picture beside it.
 * Plain JavaScript: on a fresh checkout it installs the packages first.
 */
import { existsSync, readdirSync } from 'node:fs';
import { ensureDependencies, readTypeScript } from '../infra/local/bootstrap.mjs';

const here = new URL('.', import.meta.url);
const names = readdirSync(here).filter((name) => existsSync(new URL(`${name}/run.ts`, here)));
const [name, ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(
    `Which example?  npm run example -- ${names.join('|')} [--short] [--keep FOLDER] [--write]\n`,
  );
  process.exit(name === '--help' ? 0 : 2);
}
await ensureDependencies();
await readTypeScript();
const { runExample } = await import('./run-example.ts');
await runExample(name, args);
