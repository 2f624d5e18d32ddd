import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { followFile } from '../../../../cli/local/follow-file.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

/** A file that is followed; what follows it fails where `failing` says so. */
async function followed({ failing = (): boolean => false, lastsMs = 0 } = {}) {
  const file = path.join(tempFolder(), 'driftloop.config.ts');
  await writeFile(file, 'one');
  let [under, most, calls] = [0, 0, 0];
  const end = followFile(file, async () => {
    calls += 1;
    under += 1;
    most = Math.max(most, under);
    await new Promise((resolve) => setTimeout(resolve, lastsMs));
    under -= 1;
    if (failing()) throw new Error('it does not parse');
  });
  onTestFinished(end);
  return { file, end, calls: () => calls, atOnce: () => most };
}
const called = (times: number, { calls }: { calls: () => number }) =>
  vi.waitFor(() => expect(calls()).toBe(times), { timeout: 5_000, interval: 20 });
const quiet = () => new Promise((resolve) => setTimeout(resolve, 1_200));

test('a save is heard, also one that replaces the file as editors do; nothing is heard after the end', async () => {
  const it = await followed();
  await writeFile(it.file, 'two');
  await called(1, it);
  await rm(it.file);
  await writeFile(`${it.file}.new`, 'three');
  await rename(`${it.file}.new`, it.file);
  await called(2, it);
  it.end();
  await writeFile(it.file, 'four');
  await quiet();
  expect(it.calls()).toBe(2);
});

test('saves while one is being applied are one more, after it', async () => {
  const it = await followed({ lastsMs: 1_500 });
  await writeFile(it.file, 'two');
  await called(1, it);
  for (const text of ['three', 'four', 'five']) {
    await writeFile(it.file, text);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await called(2, it);
  await quiet();
  expect([it.calls(), it.atOnce()]).toEqual([2, 1]);
});

test('one that fails does not end the following', async () => {
  let isBroken = true;
  const it = await followed({ failing: () => isBroken });
  await writeFile(it.file, 'broken');
  await called(1, it);
  isBroken = false;
  await writeFile(it.file, 'mended');
  await called(2, it);
});
