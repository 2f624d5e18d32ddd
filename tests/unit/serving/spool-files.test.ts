import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSpoolFiles } from '../../../serving/spool/spool-files.ts';

async function spoolIn(folder?: string, partBytes = 40) {
  const place = folder ?? (await mkdtemp(join(tmpdir(), 'driftloop-spool-')));
  if (folder === undefined) onTestFinished(() => rm(place, { recursive: true }));
  const damaged: string[] = [];
  const files = await openSpoolFiles({ folder: place, partBytes, onDamaged: (file) => damaged.push(file) });
  onTestFinished(() => files.close());
  return { folder: place, files, damaged };
}
type Files = Awaited<ReturnType<typeof spoolIn>>['files'];

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => JSON.stringify({ n: from + i }));

/** Takes out everything that waits. */
async function drain(files: Files): Promise<string[]> {
  const taken: string[] = [];
  for (let part = await files.oldest(); part !== null; part = await files.oldest()) {
    taken.push(...part.lines);
    await part.drop();
  }
  return taken;
}

test('what goes in comes out in its order, and leaves nothing on the disk', async () => {
  const { folder, files } = await spoolIn();
  await Promise.all([files.append(lines(0, 3)), files.append(lines(3, 20)), files.append(lines(20, 21))]);
  expect(files.lines()).toBe(21);
  expect(await drain(files)).toEqual(lines(0, 21));
  expect([files.lines(), files.bytes(), await readdir(folder)]).toEqual([0, 0, []]);
});

test('what is added while the oldest is read waits behind it', async () => {
  const { files } = await spoolIn(undefined, 1_000);
  await files.append(lines(0, 2));
  const part = (await files.oldest())!;
  await files.append(lines(2, 4));
  expect(part.lines).toEqual(lines(0, 2));
  await part.drop();
  expect(await drain(files)).toEqual(lines(2, 4));
});

test('another process finds what was left, and goes on behind it', async () => {
  const first = await spoolIn();
  await first.files.append(lines(0, 5));
  const second = await spoolIn(first.folder);
  expect(second.files.lines()).toBe(5);
  await second.files.append(lines(5, 7));
  expect(await drain(second.files)).toEqual(lines(0, 7));
});

test('half a line at the end, as a crash leaves it, was promised to nobody and is passed over', async () => {
  const first = await spoolIn(undefined, 1_000);
  await first.files.append(lines(0, 2));
  const [name] = await readdir(first.folder);
  await appendFile(join(first.folder, name!), '{"n":');
  const { files, damaged } = await spoolIn(first.folder);
  expect(await drain(files)).toEqual(lines(0, 2));
  expect(damaged).toEqual([]);
});

test('a file with half a line and nothing else is gone at once, also where nothing else waits', async () => {
  const first = await spoolIn();
  await writeFile(join(first.folder, '000000000003.jsonl'), '{"n":');
  await writeFile(join(first.folder, '000000000004.jsonl'), '');
  const { files, damaged, folder } = await spoolIn(first.folder);
  expect([files.lines(), files.bytes(), damaged, await readdir(folder)]).toEqual([0, 0, [], []]);
  await files.append(lines(0, 1));
  expect(await drain(files)).toEqual(lines(0, 1));
});

test('a line that cannot be read costs no other, and its file is kept aside', async () => {
  const first = await spoolIn();
  const name = join(first.folder, '000000000007.jsonl');
  await writeFile(name, '{"n":0}\n{"n"#1}\n{"n":2}\n');
  const { files, damaged, folder } = await spoolIn(first.folder);
  expect(await drain(files)).toEqual(['{"n":0}', '{"n":2}']);
  expect(damaged).toEqual([`${name}.damaged`]);
  expect(await readdir(folder)).toEqual(['000000000007.jsonl.damaged']);
});
