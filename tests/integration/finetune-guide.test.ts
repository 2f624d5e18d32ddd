import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { csvLines } from '../../examples/electricity/generate.ts';
import { tempFolder } from '../support/temp-folder.ts';

const launcher = fileURLToPath(new URL('../../cli/bin/driftloop.mjs', import.meta.url));
const guide = readFileSync(new URL('../../docs/finetune.md', import.meta.url), 'utf8');

/** The lines of the shell blocks, as a reader would copy them. */
const commands = [...guide.matchAll(/```sh\n([^`]*)```/g)].flatMap(([, block]) => block!.trim().split('\n'));

test('every command of "Fine-tune a file" runs as it stands there, one after the other', () => {
  const folder = tempFolder();
  const [header, ...rows] = [...csvLines({ rows: 900, seed: 3 })];
  writeFileSync(path.join(folder, 'train.csv'), [header, ...rows.slice(0, 700)].join('\n'));
  writeFileSync(path.join(folder, 'test.csv'), [header, ...rows.slice(700)].join('\n'));
  expect(commands).toHaveLength(3);
  for (const command of commands) {
    const [program, ...args] = command.split(' ');
    expect(program).toBe('driftloop');
    execFileSync(process.execPath, [launcher, ...args], { cwd: folder, stdio: 'pipe' });
  }
  for (const file of ['v1/report.html', 'v1/metrics.json', 'v1/model.safetensors', 'v1/driftloop.json'])
    expect(existsSync(path.join(folder, file)), file).toBe(true);
  expect(readFileSync(path.join(folder, 'answers.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(200);
});

test('the line of scores in the guide has the names that the command prints', () => {
  const [, line] = /```json\n(.*)\n```/.exec(guide)!;
  expect(Object.keys(JSON.parse(line!) as object)).toEqual(
    'accuracy macroF1 precision recall logLoss ece trainSeconds peakMemoryMb trainableParameters totalParameters backend'.split(
      ' ',
    ),
  );
});
