import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { readEntryName, type EntryName } from './manifest.ts';
import { notWritten, unreadable } from './problems.ts';

export type AddEntry = (name: string, content: Buffer | { size: number; stream: Readable }) => Promise<void>;

/**
 * Writes an archive. It gets its name when it is whole and on the disk; until then, and if `fill` fails, there is only
 * FILE.part. Only its owner may read it.
 *
 * @returns its bytes
 * @throws DL_BACKUP_NOT_WRITTEN
 */
export async function writeArchive(file: string, fill: (add: AddEntry) => Promise<void>): Promise<number> {
  const part = `${file}.part`;
  const isOurs = (error: unknown): error is NodeJS.ErrnoException => {
    const { path, syscall } = error as NodeJS.ErrnoException;
    return path === part || (path === undefined && (syscall === 'write' || syscall === 'fsync'));
  };
  try {
    const tar = pack();
    const writing = pipeline(
      tar,
      createGzip(),
      createWriteStream(part, { flags: 'w', mode: 0o600, flush: true }),
    );
    writing.catch(() => {});
    try {
      await fill((name, content) =>
        Promise.race([
          // Where the disk is full, nobody takes what is added any more.
          writing.then(() => Promise.reject(new Error('the archive has ended'))),
          addEntry(tar, name, content),
        ]),
      );
    } catch (error) {
      tar.destroy();
      throw (await breakOf(writing)) ?? error;
    }
    tar.finalize();
    await writing;
    const { size } = await stat(part);
    await rename(part, file);
    return size;
  } catch (error) {
    await rm(part, { force: true });
    throw isOurs(error) ? notWritten(file, error) : error;
  }
}

async function addEntry(
  tar: ReturnType<typeof pack>,
  name: string,
  content: Parameters<AddEntry>[1],
): Promise<void> {
  if (Buffer.isBuffer(content)) {
    await new Promise<void>((resolve, reject) =>
      tar.entry({ name }, content, (error) => (error ? reject(error) : resolve())),
    );
    return;
  }
  await pipeline(content.stream, tar.entry({ name, size: content.size }));
}

export type Entry = EntryName & { content: AsyncIterable<Buffer> };

/**
 * Hands each entry of an archive to `take`, in order; what `take` does not read is passed over.
 *
 * @throws DL_BACKUP_UNREADABLE where the file is not there, not whole or not an archive
 */
export async function readArchive(file: string, take: (entry: Entry) => Promise<void>): Promise<void> {
  const entries = extract();
  const reading = pipeline(createReadStream(file), createGunzip(), entries);
  reading.catch(() => {});
  try {
    for await (const entry of entries) {
      const name = readEntryName(entry.header.name);
      if (name === null) throw unreadable(file, `"${entry.header.name}" has no place in a backup`);
      await take({ ...name, content: entry as AsyncIterable<Buffer> });
      entry.resume();
    }
    await reading;
  } catch (error) {
    entries.destroy();
    const broken = await breakOf(reading);
    throw broken === null ? error : unreadable(file, broken.message, broken);
  }
}

/** What a pipeline broke of by itself; null where it was only let go of. */
async function breakOf(pipe: Promise<void>): Promise<Error | null> {
  const broken = await pipe.then(
    () => null,
    (error: NodeJS.ErrnoException) => error,
  );
  return broken?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : broken;
}
