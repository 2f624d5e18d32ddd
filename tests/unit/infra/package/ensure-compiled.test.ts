import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { filesOfRooms } from '../../../../infra/local/compiled-twin.mjs';
import { ensureCompiled } from '../../../../infra/package/ensure-compiled.mjs';
import { tempFolder } from '../../../support/temp-folder.ts';

const rooms =
  'domain statistics monitors training workflows activities serving console client infra cli'.split(' ');

/** A checkout of few words. */
function checkout() {
  const root = tempFolder();
  for (const folder of [...rooms, 'node_modules']) mkdirSync(path.join(root, folder));
  const write = (name: string, text: string) => writeFileSync(path.join(root, name), text);
  write('index.ts', 'export {};\n');
  write('cli/beside.mjs', 'export const beside = 2;\n');
  write('domain/one.ts', 'export const one: number = 1;\n');
  write(
    'cli/where.ts',
    `import { one } from '../domain/one.ts';
     import { beside } from './beside.mjs';
     export const where = { one, beside, at: import.meta.url };`,
  );
  return { root, write };
}
const whereIn = async (folder: string | null): Promise<unknown> => {
  const file = pathToFileURL(path.join(folder!, 'cli/where.js')).href;
  return ((await import(/* @vite-ignore */ file)) as { where: unknown }).where;
};

test('code runs as if it were where its source is, and finds what lies beside that', async () => {
  const { root } = checkout();
  expect(await whereIn(await ensureCompiled(root))).toEqual({
    one: 1,
    beside: 2,
    at: pathToFileURL(path.join(root, 'cli/where.ts')).href,
  });
});

test('it is compiled once for each state of the sources, also by two starts at once; old ones are taken away', async () => {
  const { root, write } = checkout();
  const [first, second] = await Promise.all([ensureCompiled(root), ensureCompiled(root)]);
  expect(second).toBe(first);
  const long = Date.now() / 1000 - 3 * 86_400;
  utimesSync(first!, long, long);
  write('domain/one.ts', 'export const one = 1_000;\n');
  const changed = await ensureCompiled(root);
  expect(await whereIn(changed)).toMatchObject({ one: 1_000 });
  expect([existsSync(changed!), existsSync(first!)]).toEqual([true, false]);
});

test('a source with a mistake, and a folder that is none, leave the sources to be read as they are', async () => {
  const broken = checkout();
  broken.write('domain/one.ts', 'export const = 1;\n');
  expect(await ensureCompiled(broken.root)).toBeNull();
  const shut = checkout();
  writeFileSync(path.join(shut.root, 'node_modules/.driftloop'), '');
  expect(await ensureCompiled(shut.root)).toBeNull();
});

test('the files of a checkout are those of its rooms', () => {
  const { root } = checkout();
  expect(filesOfRooms(root).toSorted()).toEqual([
    'cli/beside.mjs',
    'cli/where.ts',
    'domain/one.ts',
    'index.ts',
  ]);
});
