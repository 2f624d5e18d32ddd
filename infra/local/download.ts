import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DriftloopError } from '../../domain/errors.ts';

/** A blocked network swallows packets: wait this long for an answer, and for each further piece. */
const ANSWER_WITHIN_MS = 6000;
const NEXT_PIECE_WITHIN_MS = 15_000;

/**
 * Download a file and compare it with its pinned checksum.
 *
 * Gives up within seconds where the network does not answer, so that the next source gets its turn.
 *
 * @param urls places of the same file, tried in order
 * @param answerWithinMs how long each place may take until its first byte
 * @param sha256 hex; what does not match is deleted
 * @throws {DriftloopError} `DL_DOWNLOAD_FAILED` (retryable) or `DL_CHECKSUM_MISMATCH`
 */
export async function download(
  urls: readonly string[],
  file: string,
  {
    sha256,
    onProgress,
    answerWithinMs = ANSWER_WITHIN_MS,
  }: { sha256: string; onProgress?: (share: number) => void; answerWithinMs?: number },
): Promise<void> {
  const failures: string[] = [];
  for (const url of urls) {
    try {
      const actual = await fetchInto(url, file, answerWithinMs, onProgress);
      if (actual === sha256) return;
      await rm(file, { force: true });
      throw new DriftloopError(
        'DL_CHECKSUM_MISMATCH',
        `${url} has the checksum ${actual}, expected ${sha256}.`,
        {
          fix: 'Something between here and there changes downloads. Do not use the file; give the part by its variable or on PATH.',
        },
      );
    } catch (error) {
      if (error instanceof DriftloopError) throw error;
      failures.push(`${url}: ${reason(error)}`);
    }
  }
  throw new DriftloopError('DL_DOWNLOAD_FAILED', failures.join('; '), {
    fix: 'See that this address can be reached from here, or put the program on PATH.',
    retryable: true,
  });
}

async function fetchInto(
  url: string,
  file: string,
  answerWithinMs: number,
  onProgress?: (share: number) => void,
): Promise<string> {
  const abort = new AbortController();
  const patience = (ms: number) =>
    setTimeout(() => abort.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  let timer = patience(answerWithinMs);
  const sink = createWriteStream(file);
  sink.on('error', (error) => abort.abort(error));
  try {
    const response = await fetch(url, { signal: abort.signal, redirect: 'follow' });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const total = Number(response.headers.get('content-length'));
    const hash = createHash('sha256');
    let received = 0;
    for await (const piece of response.body) {
      clearTimeout(timer);
      timer = patience(NEXT_PIECE_WITHIN_MS);
      hash.update(piece);
      received += piece.length;
      if (!sink.write(piece)) await once(sink, 'drain');
      if (total > 0) onProgress?.(received / total);
    }
    return hash.digest('hex');
  } finally {
    clearTimeout(timer);
    await new Promise<void>((resolve) => sink.end(() => resolve()));
  }
}

/** `fetch failed` says nothing; its cause does. */
const reason = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
};
