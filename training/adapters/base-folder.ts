import { copyFile, link, mkdir, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { needingRoom } from '../../domain/room.ts';
import { COMPANIONS, CONFIG_FILE } from '../models/model-folder.ts';
import { missingFile, nullWhereMissing, weightsFilesOf } from '../models/weights-files.ts';
import { SIGNATURE_FILE, writeSignature } from '../signature-file.ts';
import { ARTIFACT_FORMAT } from '../signature.ts';

/** What the signature of a base says: nothing that is not the same wherever it came from, so that its digest is, too. */
const BASE_SIGNATURE = { format: ARTIFACT_FORMAT, kind: 'base' };

/**
 * Lays out a base as an artifact that adapters can be over: its config, its weights, and what goes with them. A version of
 * Driftloop's is one as it is.
 *
 * @param folder of the base
 * @param to a folder that is not there yet, on the same disk where that can be: files are linked there, not copied
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`
 */
export async function layOutBase(folder: string, to: string): Promise<void> {
  const there = await readdir(folder);
  const wanted = there.includes(SIGNATURE_FILE)
    ? (await readdir(folder, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    : [CONFIG_FILE, ...COMPANIONS.filter((name) => there.includes(name)), ...(await weightsFilesOf(folder))];
  await needingRoom(to, async () => {
    for (const name of wanted) {
      const place = path.join(to, name);
      await mkdir(path.dirname(place), { recursive: true });
      // What a cache has may be a link itself, and an artifact is made of plain files.
      const source = await realpath(path.join(folder, name)).catch(nullWhereMissing);
      if (source === null) throw missingFile(path.join(folder, name));
      await link(source, place).catch(() => copyFile(source, place));
    }
    if (!there.includes(SIGNATURE_FILE)) await writeSignature(to, BASE_SIGNATURE);
  });
}
