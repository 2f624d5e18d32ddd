import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { completionFor } from '../../../../cli/commands/completion-script.ts';
import { createProgram } from '../../../../cli/main.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'driftloop-completion-'));
  writeFileSync(path.join(folder, 'driftloop.bash'), completionFor(createProgram(), 'bash'));
  writeFileSync(path.join(folder, 'meters.csv'), '');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real bash offers when Tab is pressed at the end of these words. */
const offered = (...words: string[]): string[] => {
  const script =
    'source driftloop.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _driftloop; printf "%s\\n" "${COMPREPLY[@]}"';
  const out = execFileSync('bash', ['-c', script, 'bash', 'driftloop', ...words], {
    cwd: folder,
    encoding: 'utf8',
  });
  return out.split('\n').filter((line) => line !== '');
};

test('bash is offered nouns, then their verbs, then options, and files where nothing else fits', () => {
  expect(offered('vers')).toEqual(['version']);
  expect(offered('version', '')).toEqual(
    createProgram()
      .commands.find((c) => c.name() === 'version')!
      .commands.map((c) => c.name()),
  );
  expect(offered('run', 'start', '--re')).toEqual(['--reason']);
  expect(offered('gate', '--test', 'met')).toEqual(['meters.csv']);
  expect(offered('run', 'nothing-of-that-name', 'x')).toEqual([]);
});

test('bash is offered what a value may be, and no files where a word is none', () => {
  expect(offered('init', '--template', '')).toEqual(['tabular', 'text', 'image', 'chat']);
  expect(offered('init', 'mine', '--template', 'te')).toEqual(['text']);
  expect(offered('init', '--data', 'met')).toEqual(['meters.csv']);
  expect(offered('init', '--label', '')).toEqual([]);
  expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish']);
  expect(offered('completion', 'bash', '')).toEqual([]);
  expect(offered('topic', 'reread', 'p')).toEqual(['predictions']);
  expect(offered('run', 'show', '')).toEqual([]);
  expect(offered('run', 'show', '--dossier', 'met')).toEqual([]);
  expect(offered('label', 'import', 'met')).toEqual([]);
  expect(offered('label', 'import', 'm', 'met')).toEqual(['meters.csv']);
  expect(offered('label', 'import', '--json', 'm', 'met')).toEqual(['meters.csv']);
});

test.each(['zsh', 'fish'] as const)('%s hears of every command', (shell) => {
  const script = completionFor(createProgram(), shell);
  for (const command of createProgram().commands) expect(script).toContain(command.name());
  // A quote in a description must not end the script's own.
  expect(script.replaceAll(String.raw`\'`, '').split("'").length % 2).toBe(1);
});
