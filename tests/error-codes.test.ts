import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { errorCodes } from '../domain/error-codes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.mjs'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .trim()
  .split('\n')
  .filter(
    (file) =>
      (!file.startsWith('tests/') || file.startsWith('tests/bench/')) && !file.endsWith('error-codes.ts'),
  );

test('every code of the table is used, and every code that is used is in the table', () => {
  const used = new Set<string>();
  // In quotes: a comment names a code without any.
  for (const file of sources)
    for (const [, code] of readFileSync(path.join(root, file), 'utf8').matchAll(/'(DL_[A-Z_]+)'/g))
      used.add(code!);
  expect([...used].toSorted()).toEqual(Object.keys(errorCodes).toSorted());
});
