import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DriftloopError } from '../../domain/errors.ts';

/** A file of an artifact: its path inside the folder, with `/`, and the sha256 of its content. */
export type HashedFile = { path: string; sha256: string };

/** The digest of a folder: sha256 over its sorted (path, sha256) list. Names and contents count, times and modes do not. */
export function digestOf(files: readonly HashedFile[]): string {
  const hash = createHash('sha256');
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of sorted) hash.update(`${file.path}\0${file.sha256}\n`);
  return hash.digest('hex');
}

/** The plain files of a folder, sorted. Anything else in it (a link, a device) is refused: it could lead outside. */
export async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const name = path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
    if (!entry.isFile())
      throw new DriftloopError(
        'DL_ARTIFACT_CORRUPT',
        `"${name}" in ${folder} is not a plain file; an artifact has nothing else.`,
        { fix: 'Remove it, or put the file itself in its place.' },
      );
    files.push(name);
  }
  return files.sort();
}

/** What is read at once: below it a stream costs more than what flows through it. */
const WHOLE_BYTES = 2 ** 20;

/** The sha256 of a file, without reading a large one into memory at once. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  if ((await stat(file)).size <= WHOLE_BYTES) return hash.update(await readFile(file)).digest('hex');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** The files of a folder as they lie there now. */
export async function hashFolder(folder: string): Promise<HashedFile[]> {
  const hashed: HashedFile[] = [];
  for (const file of await filesOf(folder))
    hashed.push({ path: file, sha256: await sha256OfFile(path.join(folder, file)) });
  return hashed;
}

/** The digest of a folder as it lies there now. */
export const digestOfFolder = async (folder: string): Promise<string> => digestOf(await hashFolder(folder));
