import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cacheRoot, installOnce } from '../../../../infra/local/cache.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

test('the cache is where DRIFTLOOP_CACHE says, else in the cache of the user', () => {
  expect(cacheRoot({ DRIFTLOOP_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheRoot({ XDG_CACHE_HOME: '/b' })).toBe('/b/driftloop');
  expect(cacheRoot({})).toMatch(/\.cache\/driftloop$/);
});

test('what is complete has its name; what fails leaves nothing behind', async () => {
  const folder = tempFolder();
  const target = path.join(folder, 'part');
  const failing = installOnce(target, async (directory) => {
    writeFileSync(path.join(directory, 'half'), 'x');
    throw new RangeError('the network went away');
  });
  await expect(failing).rejects.toThrow(RangeError);
  expect(readdirSync(folder)).toEqual([]);
  await installOnce(target, async (directory) => writeFileSync(path.join(directory, 'whole'), 'x'));
  expect(readdirSync(folder)).toEqual(['part']);
  expect(readdirSync(target)).toEqual(['whole']);
});

test('two at once fill it once', async () => {
  const target = path.join(tempFolder(), 'part');
  let fills = 0;
  const fill = async (directory: string) => {
    fills++;
    expect(existsSync(target)).toBe(false);
    await wait(30);
    writeFileSync(path.join(directory, 'file'), 'x');
  };
  await Promise.all([installOnce(target, fill), installOnce(target, fill)]);
  expect(fills).toBe(1);
  expect(readFileSync(path.join(target, 'file'), 'utf8')).toBe('x');
});

test('the half-done folder of a dead process is removed by the next one', async () => {
  const folder = tempFolder();
  mkdirSync(path.join(folder, '.partial-part-0badcafe'));
  mkdirSync(path.join(folder, '.partial-other-0badcafe'));
  await installOnce(path.join(folder, 'part'), async () => {});
  expect(readdirSync(folder).sort()).toEqual(['.partial-other-0badcafe', 'part']);
});
