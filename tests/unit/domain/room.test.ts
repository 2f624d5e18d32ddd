import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { createFolderStore } from '../../../infra/artifacts/folder-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const script = fileURLToPath(new URL('../../support/without-room.ts', import.meta.url));

test('a disk without room is said as that, nothing half-written is ever used, and with room it goes on', async () => {
  const folder = tempFolder();
  mkdirSync(path.join(folder, 'made'));
  writeFileSync(path.join(folder, 'made', 'weights'), 'w'.repeat(100_000));
  // The kernel refuses what goes beyond sixteen kilobytes of one file, as a full disk does beyond its last block.
  const limited = `trap '' XFSZ; ulimit -f 32; exec "$0" --import=tsx "$@"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, script, folder]);
  expect(JSON.parse(stdout)).toEqual({
    artifact: 'DL_DISK_FULL',
    made: 'DL_DISK_FULL',
    routes: 'DL_DISK_FULL',
    dev: 'DL_DISK_FULL',
    left: [],
  });
  const store = createFolderStore(path.join(folder, 'artifacts'));
  const { digest } = await store.put(path.join(folder, 'made'));
  expect(readdirSync(await store.open(digest))).toEqual(['weights']);
});
