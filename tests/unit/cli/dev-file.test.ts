import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDevFile, refuseSecond, writeDevFile } from '../../../cli/dev-file.ts';

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'driftloop-dev-file-')), 'new');
});
afterEach(async () => await rm(path.dirname(folder), { recursive: true, force: true }));

const ours = (addresses: Record<string, string>, pid = process.pid) => ({
  stateDir: '/nowhere',
  pid,
  environment: { DRIFTLOOP_TOKEN: 'a-token-of-the-test' },
  addresses,
});

test('what is written is read by the commands beside it, by nobody else, until it is taken away', async () => {
  const dev = ours({ console: 'http://127.0.0.1:1' });
  const remove = await writeDevFile(folder, dev);
  expect(readDevFile(folder)).toEqual(dev);
  await remove();
  expect(readDevFile(folder)).toBeNull();
});

test('the file of a process that died, and half a file, are none', async () => {
  await writeDevFile(folder, ours({}, 2 ** 22 + 1));
  expect(await readFile(path.join(folder, 'dev.json'), 'utf8')).toContain('DRIFTLOOP_TOKEN');
  expect(readDevFile(folder)).toBeNull();
});

test('a second installation is refused while the first one answers; a pid that somebody else got is no first one', async () => {
  const server = createServer((_, response) => response.end('here'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const console = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeDevFile(folder, ours({ console, server: 'http://127.0.0.1:1' }));
  await expect(refuseSecond(folder)).rejects.toMatchObject({ code: 'DL_DEV_RUNNING' });
  await new Promise((resolve) => server.close(resolve));
  await expect(refuseSecond(folder)).resolves.toBeUndefined();
});
