import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { fetchBase } from '../../../../infra/hub/fetch-base.ts';
import type { FetchBase } from '../../../../infra/hub/fetch-base.ts';
import { unsupportedBase } from '../../../../training/models/unfit-base.ts';
import { startHub } from '../../../support/hub-server.ts';
import type { HubRepository } from '../../../support/hub-server.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

const commit = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';
const weights = Buffer.from('weights '.repeat(50_000));
const base = {
  'config.json': Buffer.from('{"model_type":"bert"}'),
  'tokenizer.json': Buffer.from('{}'),
  'README.md': Buffer.from('# A base'),
  'pytorch_model.bin': Buffer.from('code that runs'),
  'model.safetensors': weights,
};
const fetched = ['config.json', 'model.safetensors', 'tokenizer.json'];

const weightsIn = (folder: string) => readFileSync(path.join(folder, 'model.safetensors'));

async function given(change: Partial<HubRepository> = {}) {
  const hub = await startHub({ 'owner/name': { commit, files: base, ...change } });
  const cache = tempFolder();
  const shelf = path.join(cache, 'bases', 'owner--name');
  const env = { HF_ENDPOINT: hub.endpoint, DRIFTLOOP_CACHE: cache };
  const fetchIt = (name = 'hf:owner/name', more: Partial<FetchBase> = {}) =>
    fetchBase(name, { accept: () => {}, env, ...more });
  return { hub, shelf, env, fetchIt };
}

test('a base comes whole, under the commit that its name stands for, and without what it does not need', async () => {
  const { shelf, fetchIt } = await given();
  const seen: { received: number; total: number }[] = [];
  const { folder, name, wasThere } = await fetchIt('hf:owner/name', { onProgress: (p) => seen.push(p) });
  expect({ folder, name, wasThere }).toEqual({
    folder: path.join(shelf, commit),
    name: `hf:owner/name@${commit}`,
    wasThere: false,
  });
  expect(readdirSync(folder).sort()).toEqual(fetched);
  expect(weightsIn(folder).equals(weights)).toBe(true);
  expect(readdirSync(shelf)).toEqual([commit]);
  const last = seen.at(-1)!;
  expect(last.received).toBe(last.total);
  expect(last.total).toBe(fetched.reduce((sum, file) => sum + base[file as keyof typeof base].length, 0));
});

test('what lies in the cache is not fetched again; named by its commit it needs no network', async () => {
  const { hub, env, fetchIt } = await given();
  await fetchIt();
  hub.asked.length = 0;
  expect(await fetchIt()).toMatchObject({ wasThere: true });
  expect(hub.asked).toEqual(['GET /api/models/owner/name/revision/main']);
  hub.asked.length = 0;
  const env2 = { ...env, HF_ENDPOINT: 'http://driftloop.invalid' };
  expect(await fetchIt(`hf:owner/name@${commit}`, { env: env2 })).toMatchObject({ wasThere: true });
  await expect(fetchIt('hf:owner/name', { env: env2 })).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    message: expect.stringContaining(`In the cache lies hf:owner/name@${commit}.`) as string,
  });
});

test('a revision is a branch, a tag or a commit', async () => {
  const { fetchIt } = await given({ revisions: ['main', 'v1', 'refs/pr/2'] });
  for (const revision of ['v1', 'refs/pr/2', commit])
    expect((await fetchIt(`hf:owner/name@${revision}`)).name).toBe(`hf:owner/name@${commit}`);
  await expect(fetchIt('hf:owner/name@v2')).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    message: expect.stringContaining('no revision "v2"') as string,
  });
});

test('a connection that breaks is gone on from where it broke', async () => {
  const { hub, fetchIt } = await given();
  hub.next = { cutAfter: 100_000 };
  const { folder } = await fetchIt();
  expect(weightsIn(folder).equals(weights)).toBe(true);
  const stored = hub.asked.filter((one) => one.startsWith('store'));
  expect(stored).toHaveLength(2);
  expect(stored[1]).toMatch(/ bytes=\d+-$/);
});

test('what had come before a failure is not fetched again by the next try', async () => {
  const { hub, shelf, fetchIt } = await given();
  hub.next = { cutAfter: 100_000 };
  const stopped = fetchIt('hf:owner/name', {
    onProgress({ received }) {
      if (received > 50_000) hub.next = { status: 403 };
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: 'DL_BASE_MISSING' });
  expect(existsSync(path.join(shelf, commit))).toBe(false);
  hub.asked.length = 0;
  hub.next = null;
  const { folder } = await fetchIt();
  expect(weightsIn(folder).equals(weights)).toBe(true);
  expect(hub.asked.filter((one) => one.startsWith('store'))[0]).toMatch(/ bytes=\d+-$/);
});

test('bytes that are not those that the Hub names are deleted', async () => {
  const { hub, shelf, fetchIt } = await given();
  hub.next = { change: true };
  await expect(fetchIt()).rejects.toMatchObject({
    code: 'DL_CHECKSUM_MISMATCH',
    message: expect.stringContaining('model.safetensors of owner/name') as string,
  });
  expect(existsSync(path.join(shelf, commit))).toBe(false);
  expect(existsSync(path.join(shelf, `.incoming-${commit}`, 'model.safetensors'))).toBe(false);
  await fetchIt();
});

test('two at once fetch it once', async () => {
  const { hub, fetchIt } = await given();
  const both = await Promise.all([fetchIt(), fetchIt()]);
  expect(new Set(both.map(({ folder }) => folder)).size).toBe(1);
  expect(hub.asked.filter((one) => one.startsWith('store'))).toHaveLength(1);
});

test('shards are those that the index names', async () => {
  const { 'model.safetensors': _, ...others } = base;
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const files = {
    ...others,
    'model.safetensors.index.json': Buffer.from(
      JSON.stringify({ weight_map: { a: shards[0], b: shards[1] } }),
    ),
    [shards[0]!]: Buffer.from('one'),
    [shards[1]!]: Buffer.from('two'),
    'onnx.safetensors': Buffer.from('another'),
  };
  const { fetchIt } = await given({ files });
  const { folder } = await fetchIt();
  expect(readdirSync(folder).sort()).toEqual(
    ['config.json', 'model.safetensors.index.json', 'tokenizer.json', ...shards].sort(),
  );
  const lacking = Object.fromEntries(Object.entries(files).filter(([file]) => file !== shards[1]));
  await expect((await given({ files: lacking })).fetchIt()).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    message: expect.stringContaining(`no ${shards[1]!}`) as string,
  });
});

test('the token opens what is private, and is not shown to the store of large files', async () => {
  const { hub, env, fetchIt } = await given({ token: 'hf_secret' });
  const refused = (change: object) => fetchIt('hf:owner/name', { env: { ...env, ...change } });
  await expect(refused({})).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    fix: expect.stringContaining('HF_TOKEN') as string,
  });
  await expect(refused({ HF_TOKEN: 'hf_other' })).rejects.toThrow('the token in HF_TOKEN may read');
  await refused({ HF_TOKEN: 'hf_secret' });
  expect(hub.storeHeaders).toHaveLength(1);
  expect(hub.storeHeaders[0]!.authorization).toBeUndefined();
});

test('a model with terms to accept says where', async () => {
  const { hub, fetchIt } = await given({ token: 'hf_secret', gated: true });
  await expect(fetchIt()).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    fix: expect.stringContaining(`${hub.endpoint}/owner/name`) as string,
  });
});

test('a base of no use is refused before its weights are fetched', async () => {
  const { hub, shelf, fetchIt } = await given();
  const accept = () => {
    throw unsupportedBase('the architecture "t5"', 'Take another');
  };
  await expect(fetchIt('hf:owner/name', { accept })).rejects.toMatchObject({ code: 'DL_BASE_UNSUPPORTED' });
  expect(hub.asked.some((one) => one.startsWith('store'))).toBe(false);
  expect(readdirSync(shelf)).toEqual([]);
});

test('weights of another format are said to be converted', async () => {
  const { 'model.safetensors': _, ...others } = base;
  await expect((await given({ files: others })).fetchIt()).rejects.toMatchObject({
    code: 'DL_BASE_MISSING',
    message: `owner/name at ${commit} has no model.safetensors, only pytorch_model.bin.`,
    fix: expect.stringContaining('save_pretrained') as string,
  });
  await expect((await given({ files: { 'README.md': Buffer.from('') } })).fetchIt()).rejects.toThrow(
    'has no config.json',
  );
});

test('a name that is none, a model that is none, and a Hub that is none are said', async () => {
  const { env, fetchIt } = await given();
  for (const name of ['hf:', 'hf:../x', 'hf:a/b/c', 'hf:a@', 'hf:a/..'])
    await expect(fetchIt(name)).rejects.toThrow('is no name of a model on the Hub');
  await expect(fetchIt('hf:owner/other')).rejects.toThrow('no public owner/other');
  const away = { env: { ...env, HF_ENDPOINT: 'http://driftloop.invalid' } };
  await expect(fetchIt('hf:owner/name', away)).rejects.toMatchObject({
    code: 'DL_DOWNLOAD_FAILED',
    retryable: true,
    message: expect.stringContaining('http://driftloop.invalid cannot be reached') as string,
  });
});
