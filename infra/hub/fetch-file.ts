import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { count } from '../../domain/count.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { sha256OfFile } from '../artifacts/digest.ts';
import type { Hub, HubFile } from './hub.ts';
import type { HubName } from './hub-name.ts';

/** So often nothing new may come before it is given up, and so long it waits in between. */
const FRUITLESS_TRIES = 3;
const PAUSE_MS = 500;
/** A blocked network swallows packets: so long may pass without a byte. */
const NEXT_PIECE_WITHIN_MS = 30_000;

export type FetchFile = {
  hub: Hub;
  name: HubName;
  file: HubFile;
  /** Where it goes; what lies there of an earlier try is gone on from. */
  target: string;
  onReceived: (bytes: number) => void;
  /** Between fruitless tries, in milliseconds. */
  pauseMs?: number;
};

/**
 * Fetches a file, goes on where a connection broke off, and compares it with the Hub's digest.
 *
 * @throws {DriftloopError} `DL_DOWNLOAD_FAILED` (what has come is kept), `DL_CHECKSUM_MISMATCH` (it is deleted),
 *   `DL_BASE_MISSING`
 */
export async function fetchFile(fetching: FetchFile): Promise<void> {
  const { name, file, target, pauseMs = PAUSE_MS } = fetching;
  let had = await bytesOf(target);
  fetching.onReceived(had);
  for (let fruitless = 0; had < file.bytes || file.bytes === 0;) {
    const failure = await fetchRest(fetching, had).then(
      () => null,
      (error: unknown) => error,
    );
    const has = await bytesOf(target);
    if (failure === null && has >= file.bytes) break;
    if (failure instanceof DriftloopError && !failure.retryable) throw failure;
    fruitless = has > had ? 0 : fruitless + 1;
    had = has;
    if (fruitless >= FRUITLESS_TRIES) throw brokenOff(fetching, had, failure);
    await pause(pauseMs);
  }
  if ((await bytesOf(target)) === file.bytes && (await digestIn(target, file)) === file.digest.hex) return;
  await rm(target, { force: true });
  throw new DriftloopError(
    'DL_CHECKSUM_MISMATCH',
    `${file.name} of ${name.repository} has not the checksum ${file.digest.hex} that the Hub says it has.`,
    {
      fix: 'It was deleted: try again. Where it fails again, something between here and there changes downloads.',
    },
  );
}

async function fetchRest({ hub, name, file, target, onReceived }: FetchFile, had: number): Promise<void> {
  const abort = new AbortController();
  const patience = () =>
    setTimeout(
      () => abort.abort(new Error(`no byte came within ${NEXT_PIECE_WITHIN_MS / 1000} s`)),
      NEXT_PIECE_WITHIN_MS,
    );
  let timer = patience();
  try {
    const response = await hub.read(name, file.name, had, abort.signal);
    const goesOn = response.status === 206;
    let received = goesOn ? had : 0;
    const counted = async function* () {
      for await (const piece of response.body ?? []) {
        clearTimeout(timer);
        timer = patience();
        received += piece.length;
        // More than was promised is not this file; its digest will say so.
        if (received > file.bytes) return;
        yield piece;
        onReceived(received);
      }
    };
    await pipeline(counted, createWriteStream(target, { flags: goesOn ? 'a' : 'w' }));
  } finally {
    clearTimeout(timer);
  }
}

const bytesOf = async (file: string): Promise<number> => (await stat(file).catch(() => null))?.size ?? 0;

/** In hexadecimal digits: the file's SHA-256, or the id that Git gives a file of this content. */
async function digestIn(target: string, { digest, bytes }: HubFile): Promise<string> {
  if (digest.kind === 'sha256') return sha256OfFile(target);
  const hash = createHash('sha1').update(`blob ${bytes}\0`);
  await pipeline(createReadStream(target), hash);
  return hash.digest('hex');
}

const brokenOff = ({ name, file }: FetchFile, had: number, cause: unknown) =>
  new DriftloopError(
    'DL_DOWNLOAD_FAILED',
    `${file.name} of ${name.repository} broke off after ${count(had)} of ${count(file.bytes)} bytes` +
      `${cause instanceof Error ? `: ${cause.message}` : ''}.`,
    { fix: 'Try again: it goes on from there.', retryable: true, cause },
  );
