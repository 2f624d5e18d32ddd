import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { needingRoom } from '../../domain/room.ts';

/** The first entry of a pack: what is written on it. */
const LABEL = 'label.json';
/** Whose the folder is, and how long it took to get there. */
export type PackLabel = { owner: string; seconds: number };

const CONTENT = 'content/';

/** Packs the plain files below `root/name` into one file, which is replaced as a whole. */
export async function packFolder(
  { root, name }: { root: string; name: string },
  file: string,
  label: PackLabel,
): Promise<void> {
  const part = `${file}.part`;
  try {
    await needingRoom(path.dirname(file), async () => {
      const pack = tar.pack();
      const written = pipeline(pack, createWriteStream(part, { mode: 0o600 }));
      await Promise.all([written, fill(pack, { root, name }, label)]);
      await rename(part, file);
    });
  } finally {
    await rm(part, { force: true });
  }
}

async function fill(pack: tar.Pack, { root, name }: { root: string; name: string }, label: PackLabel) {
  try {
    pack.entry({ name: LABEL }, JSON.stringify(label));
    const entries = await readdir(path.join(root, name), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      const source = path.join(entry.parentPath, entry.name);
      const { size } = await stat(source);
      const packed = `${CONTENT}${path.relative(root, source).split(path.sep).join('/')}`;
      await pipeline(createReadStream(source), pack.entry({ name: packed, size }));
    }
    pack.finalize();
  } catch (error) {
    pack.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** Unpacks what `packFolder` has packed, and says what is written on it; null, and nothing, where it is another's. */
export async function unpackFolder(file: string, folder: string, owner: string): Promise<PackLabel | null> {
  const extract = tar.extract();
  const read = pipeline(createReadStream(file), extract);
  // It is told by the loop, which reads the same stream.
  read.catch(() => {});
  let label: PackLabel | null = null;
  for await (const entry of extract) {
    const { name } = entry.header;
    if (name === LABEL) label = JSON.parse(await text(entry)) as PackLabel;
    // Leaving the loop closes the file.
    if (label?.owner !== owner) return null;
    if (name !== LABEL)
      await place(entry as unknown as Readable, path.join(folder, name.slice(CONTENT.length)));
  }
  await read;
  return label;
}

async function place(content: Readable, file: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await pipeline(content, createWriteStream(file, { mode: 0o600 }));
}
