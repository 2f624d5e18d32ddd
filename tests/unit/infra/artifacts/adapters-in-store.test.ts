import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../../../infra/artifacts/folder-store.ts';
import { createSignedStore } from '../../../../infra/artifacts/signed-store.ts';
import { layOutBase } from '../../../../training/adapters/base-folder.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

/** A base, and an adapter over it; nobody opens either, so what they compute does not matter. */
async function given(keys = { signWith: generateKeyPairSync('ed25519').privateKey }) {
  const scratch = tempFolder();
  const [root, base, adapter] = ['store', 'base', 'adapter'].map((name) => path.join(scratch, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(base);
  writeFileSync(path.join(base, 'config.json'), '{}');
  writeFileSync(path.join(base, 'model.safetensors'), 'weights');
  writeFileSync(path.join(base, 'README.md'), 'what is no part of a base');
  await layOutBase(base, path.join(scratch, 'laid-out'));
  const store = createSignedStore(root, { ...keys, trusted: null });
  const { digest } = await createFolderStore(path.join(scratch, 'elsewhere')).put(
    path.join(scratch, 'laid-out'),
  );
  mkdirSync(path.join(adapter, 'adapter'), { recursive: true });
  writeFileSync(path.join(adapter, 'driftloop.json'), JSON.stringify({ over: { digest, packing: null } }));
  writeFileSync(path.join(adapter, 'adapter', 'adapter_model.safetensors'), 'thin');
  return { root, store, adapter, base: path.join(scratch, 'laid-out'), digest };
}

test('a base is its config, its weights and what goes with them, whatever lies beside them', async () => {
  const { store, base, digest } = await given();
  expect(readdirSync(base).sort()).toEqual(['config.json', 'driftloop.json', 'model.safetensors']);
  expect((await store.put(base)).digest).toBe(digest);
  // Put again, as each adapter over it does, it is the same, and nothing is left of the second one.
  const again = await store.put(base);
  expect(again).toEqual({ digest, bytes: expect.any(Number) });
  expect(again.bytes).toBeGreaterThan(7);
});

test('an adapter whose base is not there is not taken', async () => {
  const { store, adapter, digest } = await given();
  await expect(store.put(adapter)).rejects.toMatchObject({
    code: 'DL_ARTIFACT_MISSING',
    message: expect.stringMatching(
      new RegExp(`is an adapter, and its base cannot be used.*${digest}`),
    ) as string,
    fix: expect.stringContaining(`the folder ${digest}`) as string,
  });
});

test('an adapter is opened with its base only: one that has changed or has gone is refused', async () => {
  const { root, store, adapter, base, digest } = await given();
  await store.put(base);
  const version = (await store.put(adapter)).digest;
  expect(await store.open(version)).toBe(path.join(root, version));
  appendFileSync(path.join(root, digest, 'model.safetensors'), 'x');
  const refused = (code: string) => ({
    code,
    message: expect.stringContaining(`Artifact ${version.slice(0, 12)}… is an adapter`) as string,
  });
  await expect(store.open(version)).rejects.toMatchObject(refused('DL_ARTIFACT_CORRUPT'));
  rmSync(path.join(root, digest), { recursive: true });
  await expect(store.open(version)).rejects.toMatchObject(refused('DL_ARTIFACT_MISSING'));
  // Put back, it is the same base, and the adapter is whole again.
  await store.put(base);
  expect(await store.open(version)).toBe(path.join(root, version));
});

test('an adapter that names no digest is none', async () => {
  const { store, adapter } = await given();
  writeFileSync(
    path.join(adapter, 'driftloop.json'),
    JSON.stringify({ over: { digest: '../elsewhere', packing: null } }),
  );
  await expect(store.put(adapter)).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
});

test('who trusts keys trusts an adapter where the base is signed by one of them, too', async () => {
  const [ours, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
  const { root, store, adapter, base, digest } = await given({ signWith: ours.privateKey });
  const trusting = createSignedStore(root, { signWith: ours.privateKey, trusted: [ours.publicKey] });
  await store.put(base);
  const version = (await store.put(adapter)).digest;
  expect(await trusting.open(version)).toContain(version);
  // Somebody else says the same of the base.
  await createSignedStore(root, { signWith: theirs.privateKey, trusted: null }).sign(digest);
  await expect(trusting.open(version)).rejects.toMatchObject({
    code: 'DL_ARTIFACT_UNSIGNED',
    message: expect.stringMatching(/is an adapter.*of none of the keys/) as string,
  });
  rmSync(path.join(root, `${digest}.dsse.json`));
  await expect(trusting.open(version)).rejects.toMatchObject({ code: 'DL_ARTIFACT_UNSIGNED' });
  // Whoever signs a version signs what it is over.
  await store.sign(version);
  expect(await trusting.open(version)).toContain(version);
});
