import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeScratchFolder, sweepScratchFolders } from '../../../activities/scratch-folder.ts';

test('what a killed worker has left goes; what is in use, and what is not ours, stays', async () => {
  const mine = await makeScratchFolder();
  const gone = spawnSync(process.execPath, ['-e', '0']).pid;
  const left = mine.replace(`-${process.pid}-`, `-${gone}-`);
  const other = mine.replace(`-${process.pid}-`, `-of-another-machine-${gone}-`);
  onTestFinished(() => [mine, left, other].forEach((f) => rmSync(f, { recursive: true, force: true })));
  for (const folder of [left, other]) mkdirSync(folder);
  writeFileSync(path.join(left, 'train.jsonl'), '{}\n');
  await sweepScratchFolders();
  expect([mine, left, other].map(existsSync)).toEqual([true, false, true]);
});
