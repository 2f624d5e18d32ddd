import { appendFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFolderStore } from '../../../../infra/artifacts/folder-store.ts';
import { keepsTheArtifactStoreContract } from '../../../support/artifact-store-contract.ts';

keepsTheArtifactStoreContract('a folder', createFolderStore);

let scratch: string;
let artifact: string;
beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-store-'));
  artifact = path.join(scratch, 'artifact');
  await mkdir(artifact);
  await writeFile(path.join(artifact, 'a'), 'content');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

test('an artifact whose bytes have changed is refused at open, and put anew by the next put', async () => {
  const store = createFolderStore(path.join(scratch, 'root'));
  const { digest } = await store.put(artifact);
  await appendFile(path.join(await store.open(digest), 'a'), '!');
  await expect(store.open(digest)).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
  expect(await store.put(artifact)).toMatchObject({ digest });
  await expect(store.open(digest)).resolves.toContain(digest);
});

test('a link inside of an artifact is refused: it could lead out of it', async () => {
  const store = createFolderStore(path.join(scratch, 'root'));
  await symlink('/etc/hostname', path.join(artifact, 'b'));
  await expect(store.put(artifact)).rejects.toMatchObject({
    code: 'DL_ARTIFACT_CORRUPT',
    message: expect.stringContaining('"b"') as string,
  });
  expect(await readdir(path.join(scratch, 'root'))).toEqual([]);
});

test('a put leaves nothing but artifacts behind', async () => {
  const store = createFolderStore(path.join(scratch, 'root'));
  const [{ digest }] = await Promise.all([store.put(artifact), store.put(artifact), store.put(artifact)]);
  expect(await readdir(path.join(scratch, 'root'))).toEqual([digest]);
});
