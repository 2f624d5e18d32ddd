import { chmod, cp, mkdir, mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import { needingRoom } from '../../domain/room.ts';
import type { ArtifactStore } from '../../domain/ports.ts';
import { ofItsBase } from './of-its-base.ts';
import { digestOf, digestOfFolder, filesOf, hashFolder, type HashedFile } from './digest.ts';

/**
 * Artifacts in a folder, one folder each, named by the digest of its content. A put becomes visible all at once, by
 * rename; an open hashes everything again, so a version whose bytes have changed is never served. An adapter is opened
 * with its base, which lies beside it.
 *
 * @param root created at the first put; several processes may share it
 */
export function createFolderStore(root: string): ArtifactStore {
  const placeOf = (digest: string): string => {
    // The digest may come over the wire: nothing but a digest may become a path.
    if (!/^[0-9a-f]{64}$/.test(digest)) throw missing(digest, root);
    return path.join(root, digest);
  };
  /** The folder of an artifact, every byte of it read and compared with the digest. */
  const verified = async (digest: string): Promise<{ place: string; hashed: HashedFile[] }> => {
    const place = placeOf(digest);
    const stats = await stat(place).catch(() => null);
    if (!stats?.isDirectory()) throw missing(digest, root);
    const hashed = await hashFolder(place);
    const actual = digestOf(hashed);
    if (actual === digest) return { place, hashed };
    throw new DriftloopError(
      'DL_ARTIFACT_CORRUPT',
      `Artifact ${digest.slice(0, 12)}… in ${root} has changed: its content now has the digest ${actual.slice(0, 12)}….`,
      {
        fix: `Delete ${place} and put the artifact again, from a backup or by training the version again.`,
        status: 500,
      },
    );
  };
  const sizedFiles = ({ place, hashed }: { place: string; hashed: HashedFile[] }) =>
    Promise.all(
      hashed.map(async (file) => ({ ...file, bytes: (await stat(path.join(place, file.path))).size })),
    );
  /** Without a copy of it: a base under many adapters is large, and put again with each. */
  const alreadyThere = async (folder: string): Promise<{ digest: string; bytes: number } | null> => {
    const digest = await digestOfFolder(folder);
    const found = await verified(digest).catch(() => null);
    if (found === null) return null;
    return { digest, bytes: (await sizedFiles(found)).reduce((sum, { bytes }) => sum + bytes, 0) };
  };
  return {
    async put(folder) {
      // Refused before it is there: an adapter without its base answers nothing.
      await ofItsBase(null, folder, verified);
      await needingRoom(root, () => mkdir(root, { recursive: true }));
      const there = await alreadyThere(folder);
      if (there !== null) return there;
      const fresh = await needingRoom(root, () => mkdtemp(path.join(root, '.put-')));
      try {
        await needingRoom(root, () => cp(folder, fresh, { recursive: true }));
        // Hashed after the copy: what is stored is what the digest says, even if the source changes meanwhile.
        const [digest, files] = [await digestOfFolder(fresh), await filesOf(fresh)];
        let bytes = 0;
        for (const file of files) bytes += await needingRoom(root, () => flush(path.join(fresh, file)));
        await chmod(fresh, 0o755);
        await settle(fresh, placeOf(digest), digest);
        return { digest, bytes };
      } finally {
        await rm(fresh, { recursive: true, force: true });
      }
    },

    async open(digest) {
      const { place } = await verified(digest);
      await ofItsBase(digest, place, verified);
      return place;
    },

    files: async (digest) => await sizedFiles(await verified(digest)),
  };
}

/** Gives the folder its name. The same content may be there already; where it has rotted, it is replaced. */
async function settle(fresh: string, place: string, digest: string): Promise<void> {
  try {
    await rename(fresh, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    if ((await digestOfFolder(place)) === digest) return;
    await rm(place, { recursive: true, force: true });
    await rename(fresh, place);
  }
}

/** Its bytes are on the disk before the folder gets its name. Returns how many they are. */
async function flush(file: string): Promise<number> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

const missing = (digest: string, root: string) =>
  new DriftloopError('DL_ARTIFACT_MISSING', `There is no artifact ${digest.slice(0, 80)} in ${root}.`, {
    fix: 'Point DRIFTLOOP_ARTIFACTS at the folder that the version was put into.',
    status: 500,
  });
