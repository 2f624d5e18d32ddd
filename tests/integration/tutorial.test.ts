import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { csvLines } from '../../examples/support-intents/generate.ts';
import { typeHere } from '../support/command-line.ts';
import { blocks, root } from '../support/pages/pages.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** The tutorial, typed from its top: what a reader is promised there is what happens. */

const lines = blocks
  .filter(({ page, language }) => page === 'docs/tutorial.md' && language === 'sh')
  .flatMap(({ text }) => text.trimEnd().split('\n'));

/** These start the whole of Driftloop: tests/end-to-end/demo.test.ts and tests/integration/cli.test.ts type them. */
const elsewhere = /^npx driftloop (demo|dev|model|status)\b/;

const generating = {
  about: { type: 'string', default: 'year' },
  rows: { type: 'string', default: '3000' },
  seed: { type: 'string', default: '1' },
} as const;
function printed(words: readonly string[]): string {
  const script = path.join(root, path.relative('..', words[2]!));
  const args = ['--import', 'tsx', script, ...words.slice(3)];
  return execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
}

test('every command of the tutorial does what the tutorial says', { timeout: 900_000 }, async () => {
  const folder = tempFolder();
  const said: { line: string; out: string }[] = [];
  for (const line of lines) {
    if (elsewhere.test(line) || /^(mkdir|cd) /.test(line)) continue;
    const [made, file] = line.split(' > ') as [string, string?];
    const words = made.split(' ');
    if (words[0] === 'cp') {
      copyFileSync(path.join(folder, words[1]!), path.join(folder, words[2]!));
      continue;
    }
    if (words[1] === 'tsx') {
      const { about, rows, seed } = parseArgs({ args: words.slice(3), options: generating }).values;
      const generated = [...csvLines(about, Number(rows), Number(seed)), ''].join('\n');
      // A process takes a second to start: one of them shows that what it prints is what is made here.
      if (!existsSync(path.join(folder, 'first.csv'))) expect(printed(words)).toBe(generated);
      writeFileSync(path.join(folder, file!), generated);
      continue;
    }
    expect(words.slice(0, 2), line).toEqual(['npx', 'driftloop']);
    const { code, out, err } = await typeHere(folder, ...words.slice(2));
    expect(code, `${line}\n${err}`).toBe(0);
    said.push({ line, out });
  }
  const answers = said.filter(({ line }) => line.includes(' gate ')).map(({ out }) => out.split(':')[0]);
  expect(answers).toEqual(['Held', 'Passed the gate']);

  const measured = (version: string) =>
    JSON.parse(readFileSync(path.join(folder, version, 'metrics.json'), 'utf8')) as {
      kept: { after: number };
    };
  expect(measured('careless').kept.after).toBeLessThan(0.5);
  expect(measured('v3').kept.after).toBeGreaterThan(0.8);
  expect(existsSync(path.join(folder, 'v2/report.html'))).toBe(true);
  expect(readFileSync(path.join(folder, 'mine/driftloop.config.ts'), 'utf8')).toContain("name: 'support'");
});
