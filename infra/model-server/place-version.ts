import { createHash, randomUUID } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { needingRoom } from '../../domain/room.ts';
import { SIGNATURE_FILE } from '../../training/signature-file.ts';

/** The name of a version in the server's repository: the same wherever it is loaded from, and no other's. */
export async function nameInRepository(model: string, folder: string): Promise<string> {
  const signature = await readFile(path.join(folder, SIGNATURE_FILE)).catch(() => null);
  // One that is not signed yet is nobody else's.
  const own = signature === null ? randomUUID() : createHash('sha256').update(signature).digest('hex');
  return `${model}--${own.replaceAll('-', '').slice(0, 16)}`;
}

/** Puts a version into the repository, whole or not at all. One that is there already is left as it is. */
export async function placeVersion(
  folder: string,
  { repository, name, within }: { repository: string; name: string; within: string },
): Promise<string> {
  const place = path.join(repository, name);
  // A dot keeps servers that scan their repository from seeing half of it.
  const fresh = path.join(repository, `.${name}-${randomUUID()}`);
  try {
    await needingRoom(repository, async () => {
      await mkdir(fresh, { recursive: true });
      await cp(folder, path.join(fresh, within), { recursive: true });
    });
    await nameAs(fresh, name);
    await rename(fresh, place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return place;
}

/** What a program has named its model is what the repository calls it: MLServer goes by its settings, Triton by the folder. */
async function nameAs(folder: string, name: string): Promise<void> {
  await change(path.join(folder, 'model-settings.json'), (text) =>
    JSON.stringify({ ...(JSON.parse(text) as object), name }, null, 2),
  );
  await change(path.join(folder, 'config.pbtxt'), (text) => text.replace(/^\s*name\s*:.*$/m, ''));
}

async function change(file: string, edit: (text: string) => string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text !== null) await writeFile(file, edit(text));
}
