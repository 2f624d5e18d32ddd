import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createFolderCheckpoints } from '../../../../infra/artifacts/folder-checkpoints.ts';
import { createFolderStore } from '../../../../infra/artifacts/folder-store.ts';
import { keepsTheCheckpointStoreContract } from '../../../support/checkpoint-store-contract.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

keepsTheCheckpointStoreContract('a folder', createFolderCheckpoints);

test('checkpoints live in the folder of the artifacts; what a killed worker left of one is swept, too', async () => {
  const root = tempFolder();
  const artifact = path.join(root, 'artifact');
  await mkdir(artifact);
  await writeFile(path.join(artifact, 'x'), '1');
  const { digest } = await createFolderStore(path.join(root, 'store')).put(artifact);
  const store = createFolderCheckpoints(path.join(root, 'store'));
  await store.save('run-1', path.join(artifact, 'x'));
  const folder = path.join(root, 'store', '.checkpoints');
  const left = path.join(folder, 'run-1.safetensors.killed.part');
  await writeFile(left, 'half');
  const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
  await utimes(left, longAgo, longAgo);
  expect(await store.sweep(new Date(Date.now() - 60_000))).toEqual([]);
  expect(await readdir(folder)).toEqual(['run-1.safetensors']);
  expect((await readdir(path.join(root, 'store'))).sort()).toEqual(['.checkpoints', digest].sort());
});
