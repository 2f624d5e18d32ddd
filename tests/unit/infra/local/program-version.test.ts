import { array, assert, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { isAtLeast, versionIn } from '../../../../infra/local/program-version.ts';

test('the version is the number after the words', () => {
  expect(versionIn('temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', 'Server ')).toBe('1.29.1');
  expect(versionIn('openjdk version "21" 2023-09-19', 'version "')).toBe('21');
  expect(versionIn('postgres (PostgreSQL) 18beta1', 'PostgreSQL) ')).toBeNull();
  expect(versionIn('no number at all')).toBeNull();
  expect(versionIn('version 1.2', 'Server ')).toBeNull();
});

const version = array(nat(30), { minLength: 1, maxLength: 3 });

test('versions are compared number by number, and missing numbers are zero', () => {
  expect(isAtLeast('2.9', '2.40')).toBe(false);
  expect(isAtLeast('15', '15.0.0')).toBe(true);
  assert(
    property(version, version, (a, b) => {
      const [x, y] = [a, b].map((parts) => parts.reduce((sum, n, i) => sum + n * 1000 ** (2 - i), 0));
      expect(isAtLeast(a.join('.'), b.join('.'))).toBe(x! >= y!);
    }),
  );
});
