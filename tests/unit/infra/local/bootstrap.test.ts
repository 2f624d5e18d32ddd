import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ensureDependencies, isInstalled } from '../../../../infra/local/bootstrap.mjs';
import { tempFolder } from '../../../support/temp-folder.ts';

type Packages = Record<string, { version?: string; optional?: boolean }>;
const wanted: Packages = {
  '': {},
  'node_modules/a': { version: '1.0.0' },
  'node_modules/other-system': { version: '2.0.0', optional: true },
};

function checkout(lock: Packages, installed: Packages | null): string {
  const root = tempFolder();
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages: lock }));
  if (installed) {
    mkdirSync(path.join(root, 'node_modules'));
    writeFileSync(
      path.join(root, 'node_modules/.package-lock.json'),
      JSON.stringify({ packages: installed }),
    );
  }
  return root;
}

test('a fresh checkout is not installed', () => {
  expect(isInstalled(checkout(wanted, null))).toBe(false);
});

test('what a person installed by hand counts, without packages of other systems', () => {
  const root = checkout(wanted, { 'node_modules/a': { version: '1.0.0' } });
  expect(isInstalled(root)).toBe(true);
  // From now on one hash is enough.
  rmSync(path.join(root, 'node_modules/.package-lock.json'));
  expect(isInstalled(root)).toBe(true);
});

test('a changed lock file means: install again', () => {
  const root = checkout(wanted, { 'node_modules/a': { version: '1.0.0' } });
  expect(isInstalled(root)).toBe(true);
  const newer = { ...wanted, 'node_modules/a': { version: '1.1.0' } };
  writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify({ packages: newer }));
  expect(isInstalled(root)).toBe(false);
});

test('an installation that was interrupted is not one', () => {
  const root = checkout(wanted, {});
  rmSync(path.join(root, 'node_modules/.package-lock.json'));
  expect(existsSync(path.join(root, 'node_modules'))).toBe(true);
  expect(isInstalled(root)).toBe(false);
});

test('packages that another checkout has lent are not touched', async () => {
  const lender = path.join(checkout(wanted, {}), 'node_modules');
  const root = checkout(wanted, null);
  symlinkSync(lender, path.join(root, 'node_modules'));
  await expect(ensureDependencies(root)).rejects.toThrow(/is a link to .*Remove the link/);
  expect(readdirSync(lender)).toEqual(['.package-lock.json']);
});

test('as a dependency of somebody, there is nothing to install', () => {
  expect(isInstalled(tempFolder())).toBe(true);
});
