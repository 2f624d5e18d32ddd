import { createRequire } from 'node:module';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { linkInto, nativeFolder, nativeInCache } from '../../../../infra/tensorflow/native.ts';
import { shimNodeUtil } from '../../../../infra/tensorflow/node-shims.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

function cached(name: string): string {
  const directory = path.join(tempFolder(), name);
  for (const folder of ['deps', 'lib']) {
    mkdirSync(path.join(directory, folder), { recursive: true });
    writeFileSync(path.join(directory, folder, 'file'), name);
  }
  return directory;
}
const read = (home: string) =>
  ['deps', 'lib'].map((name) => readFileSync(path.join(home, name, 'file'), 'utf8'));

test('a package gets the cached library, and the newer one when the cache moves on', () => {
  const home = tempFolder();
  linkInto(home, cached('old'));
  expect(read(home)).toEqual(['old', 'old']);
  const newer = cached('new');
  for (let i = 0; i < 2; i++) linkInto(home, newer);
  expect(read(home)).toEqual(['new', 'new']);
  expect(readdirSync(home).toSorted()).toEqual(['deps', 'lib']);
});

test('a library that the package brought itself is left alone', () => {
  const home = cached('its own');
  linkInto(home, cached('cached'));
  expect(read(home)).toEqual(['its own', 'its own']);
});

test('the library is in the cache or it is not', () => {
  const env = { DRIFTLOOP_CACHE: tempFolder() };
  expect(nativeInCache('cpu', env)).toBeNull();
  const directory = path.join(env.DRIFTLOOP_CACHE, nativeFolder('cpu'));
  mkdirSync(directory, { recursive: true });
  expect(nativeInCache('cpu', env)).toMatchObject({ directory, packageName: '@tensorflow/tfjs-node' });
  expect(existsSync(directory)).toBe(true);
});

test('Node 23 took two functions away that tfjs-node calls; they are back', () => {
  const util = createRequire(import.meta.url)('node:util') as {
    isNullOrUndefined?: (value: unknown) => boolean;
    isArray?: (value: unknown) => boolean;
  };
  const { isNullOrUndefined, isArray } = util;
  delete util.isNullOrUndefined;
  delete util.isArray;
  try {
    shimNodeUtil();
    expect([null, undefined, 0, ''].map((value) => util.isNullOrUndefined!(value))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect([[], {}].map((value) => util.isArray!(value))).toEqual([true, false]);
  } finally {
    if (isNullOrUndefined) Object.assign(util, { isNullOrUndefined });
    if (isArray) Object.assign(util, { isArray });
  }
});
