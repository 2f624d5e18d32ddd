import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../../cli/shell-word.ts';

test.each([
  'a',
  './v1/model_2.csv',
  'Country / Region',
  "it's",
  '$HOME',
  '*',
  '',
  'a\nb',
  '~',
  '`id`',
  'ü',
  '"',
])('%j is read by a shell as it was said', (word) => {
  const said = execFileSync('sh', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' });
  expect(said).toBe(word);
});

test('what needs no quotes has none', () => {
  expect(shellWord('../rows/a-1_b.csv')).toBe('../rows/a-1_b.csv');
});
