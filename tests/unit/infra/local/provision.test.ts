import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Part, PartEvent, Source } from '../../../../infra/local/part.ts';
import { locate, provision } from '../../../../infra/local/provision.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { fakeTools } from './fake-tools.ts';

const working = (name: string): Source => ({
  name,
  version: '1.2',
  install: async (directory) => writeFileSync(path.join(directory, 'program'), name),
});
const blocked = (name: string): Source => ({
  name,
  version: '1.2',
  install: async (directory) => {
    writeFileSync(path.join(directory, 'half'), name);
    throw new Error('ENOTFOUND');
  },
});

const aPart = (changes: Partial<Part<'program'>> = {}): Part<'program'> => ({
  name: 'prometheus',
  title: 'Prometheus',
  variable: 'DRIFTLOOP_PROMETHEUS_URL',
  findInstalled: async () => null,
  folder: 'prometheus/1.2',
  files: { program: 'program' },
  sources: [working('the official download')],
  fix: 'Install it.',
  ...changes,
});
const onThePath = async () =>
  ({ where: 'path', version: '1.3', files: { program: '/bin/prometheus' } }) as const;

test('the order is: environment, PATH, cache, sources', async () => {
  const env = { DRIFTLOOP_CACHE: tempFolder() };
  const given = { ...env, DRIFTLOOP_PROMETHEUS_URL: 'http://there:9090' };
  const part = aPart({ findInstalled: onThePath });

  expect(await locate(aPart(), fakeTools({}, { env }))).toBeNull();
  const fetched = await provision(aPart(), fakeTools({}, { env }));
  expect(fetched).toMatchObject({ where: 'cache', version: '1.2', source: 'the official download' });
  expect(await locate(aPart(), fakeTools({}, { env }))).toEqual(fetched);
  expect(await locate(part, fakeTools({}, { env }))).toMatchObject({ where: 'path', version: '1.3' });
  expect(await locate(part, fakeTools({}, { env: given }))).toEqual({
    where: 'environment',
    address: 'http://there:9090',
  });
});

test('a blocked source makes room for the next, and leaves nothing of itself', async () => {
  const env = { DRIFTLOOP_CACHE: tempFolder() };
  const events: PartEvent[] = [];
  const part = aPart({ sources: [blocked('the official download'), working('a registry')] });
  const found = await provision(part, fakeTools({}, { env }), (event) => events.push(event));
  expect(found).toMatchObject({ source: 'a registry' });
  const folder = path.join(env.DRIFTLOOP_CACHE, 'prometheus/1.2');
  expect(readFileSync(path.join(folder, 'program'), 'utf8')).toBe('a registry');
  expect(existsSync(path.join(folder, 'half'))).toBe(false);
  expect(events.map(({ phase, message }) => `${phase}: ${message}`)).toEqual([
    'looking: looking for Prometheus',
    'fetching: the official download did not do: ENOTFOUND',
    'ready: Prometheus 1.2 (cached)',
  ]);
});

test('what is in the cache is not fetched again', async () => {
  const env = { DRIFTLOOP_CACHE: tempFolder() };
  const source = working('a registry');
  const install = vi.spyOn(source, 'install');
  for (let i = 0; i < 2; i++) await provision(aPart({ sources: [source] }), fakeTools({}, { env }));
  expect(install).toHaveBeenCalledTimes(1);
});

test('when nothing works, the error says what each source said, and what to type', async () => {
  const env = { DRIFTLOOP_CACHE: tempFolder() };
  const part = aPart({ sources: [blocked('the official download'), blocked('a registry')] });
  await expect(provision(part, fakeTools({}, { env }))).rejects.toMatchObject({
    code: 'DL_PART_MISSING',
    message:
      'Prometheus was not found, and could not be fetched (the official download: ENOTFOUND; a registry: ENOTFOUND).',
    fix: 'Install it.',
  });
});

test('elsewhere than on Linux x86-64 nothing is fetched, but what is on PATH is used', async () => {
  const tools = fakeTools({}, { env: { DRIFTLOOP_CACHE: tempFolder() }, platform: 'darwin-arm64' });
  await expect(provision(aPart(), tools)).rejects.toThrow('nothing is fetched for darwin-arm64');
  expect(await provision(aPart({ findInstalled: onThePath }), tools)).toMatchObject({ where: 'path' });
});

test('the loop runs without an optional part, and does not look for one that is not needed', async () => {
  const env = { DRIFTLOOP_CACHE: tempFolder() };
  const events: PartEvent[] = [];
  const optional = aPart({ isOptional: true, sources: [blocked('a registry')] });
  expect(await provision(optional, fakeTools({}, { env }), (event) => events.push(event))).toBeNull();
  expect(events.at(-1)).toMatchObject({ phase: 'failed', part: 'prometheus' });
  const notNeeded = aPart({ isNeeded: async () => false });
  expect(await provision(notNeeded, fakeTools({}, { env }), () => expect.unreachable())).toBeNull();
});
