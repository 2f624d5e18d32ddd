import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { DriftloopError, ourError } from '../../domain/errors.ts';
import { needingRoom } from '../../domain/room.ts';
import { parseJson } from '../../training/models/weights-files.ts';
import { cacheRoot, installOnce } from '../local/cache.ts';
import { filesToFetch, INDEX_FILE } from './base-files.ts';
import { fetchFile } from './fetch-file.ts';
import { connectHub } from './hub.ts';
import type { Hub, HubListing } from './hub.ts';
import { isCommit, parseHubName, sayHubName } from './hub-name.ts';
import type { HubName } from './hub-name.ts';

export type FetchBase = {
  /**
   * Looks at a base before its weights are fetched, and throws where it is of no use.
   *
   * @param config what its `config.json` says
   */
  accept(config: unknown, files: readonly string[]): void;
  onProgress?: (progress: { received: number; total: number }) => void;
  /** Another process is fetching the same base. */
  onWait?: () => void;
  env?: Readonly<Record<string, string | undefined>>;
};

/** A base in the cache. */
export type FetchedBase = {
  folder: string;
  /** `hf:owner/name@commit`: the same bytes for ever. */
  name: string;
  /** Whether it lay there before. */
  wasThere: boolean;
};

/**
 * Fetches a base from the Hugging Face Hub into the cache, once and as a whole, each file compared with its digest. What
 * broke off goes on where it was. A base that is named by its commit and lies in the cache needs no network.
 *
 * @param base `hf:owner/name[@revision]`
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_DOWNLOAD_FAILED`, `DL_CHECKSUM_MISMATCH`, `DL_DISK_FULL`; what
 *   `accept` throws
 */
export async function fetchBase(base: string, fetching: FetchBase): Promise<FetchedBase> {
  const { env = process.env, onWait } = fetching;
  const asked = parseHubName(base);
  const shelf = path.join(cacheRoot(env), 'bases', asked.repository.replace('/', '--'));
  const folderOf = ({ revision }: HubName) => path.join(shelf, revision);
  if (isCommit(asked.revision) && existsSync(folderOf(asked)))
    return { folder: folderOf(asked), name: sayHubName(asked), wasThere: true };

  const hub = connectHub(env);
  const listing = await listOrName(hub, asked, shelf);
  const folder = folderOf(listing.name);
  const wasThere = existsSync(folder);
  await needingRoom(shelf, () =>
    installOnce(folder, (partial) => fill(partial, { hub, listing, shelf, fetching }), onWait),
  );
  return { folder, name: sayHubName(listing.name), wasThere };
}

type Filling = { hub: Hub; listing: HubListing; shelf: string; fetching: FetchBase };

/** Files are gathered in a folder that outlives a failure, so that the next try goes on with them. */
async function fill(partial: string, { hub, listing, shelf, fetching }: Filling): Promise<void> {
  const { name, files } = listing;
  const incoming = path.join(shelf, `.incoming-${name.revision}`);
  await mkdir(incoming, { recursive: true });
  const received = new Map<string, number>();
  let total = 0;
  const fetchNamed = async (wanted: string) => {
    const file = files.find((one) => one.name === wanted)!;
    await fetchFile({
      hub,
      name,
      file,
      target: path.join(incoming, wanted),
      onReceived(bytes) {
        received.set(wanted, bytes);
        if (total > 0)
          fetching.onProgress?.({ received: [...received.values()].reduce((sum, n) => sum + n), total });
      },
    });
  };
  const readNamed = async (wanted: string): Promise<unknown> => {
    if (!files.some((one) => one.name === wanted)) return null;
    await fetchNamed(wanted);
    return parseJson(wanted, await readFile(path.join(incoming, wanted)));
  };
  const wanted = await chosen(listing, fetching, readNamed).catch(async (error: unknown) => {
    if (!ourError(error)?.retryable) await rm(incoming, { recursive: true, force: true });
    throw error;
  });
  total = files.reduce((sum, { name: file, bytes }) => sum + (wanted.includes(file) ? bytes : 0), 0);
  for (const file of wanted) await fetchNamed(file);
  for (const file of wanted) await rename(path.join(incoming, file), path.join(partial, file));
  await rm(incoming, { recursive: true, force: true });
}

/** The small files say whether the large ones are worth fetching, and which they are. */
async function chosen(
  listing: HubListing,
  { accept }: FetchBase,
  read: (file: string) => Promise<unknown>,
): Promise<string[]> {
  const names = listing.files.map(({ name }) => name);
  const config = await read('config.json');
  if (config !== null) accept(config, names);
  return filesToFetch(listing.name, names, await read(INDEX_FILE));
}

/** Where the Hub cannot be reached and the base lies here under some commit, it is said how to name that. */
async function listOrName(hub: Hub, asked: HubName, shelf: string): Promise<HubListing> {
  try {
    return await hub.list(asked);
  } catch (error) {
    const commits = (await readdir(shelf).catch(() => [])).filter(isCommit);
    const ours = ourError(error);
    if (!ours?.retryable || commits.length === 0) throw error;
    const names = commits.map((revision) => sayHubName({ ...asked, revision }));
    throw new DriftloopError('DL_BASE_MISSING', `${ours.message} In the cache lies ${names.join(', ')}.`, {
      fix: 'Name that one, with its commit: it needs no network.',
      cause: error,
    });
  }
}
