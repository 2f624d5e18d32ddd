import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { needingRoom } from '../../domain/room.ts';

/** A part of the spool that is read as one, and how to be rid of it. */
export type OldestPart = { lines: string[]; drop(): Promise<void> };

export type SpoolFilesOptions = {
  folder: string;
  /** A file that has reached so many bytes is closed, and the next one begun. */
  partBytes?: number;
  /** Told of a file that holds what cannot be read; what can be read of it is read, and the file is kept aside. */
  onDamaged: (file: string) => void;
};

type Part = { file: string; bytes: number; lines: number };

/**
 * Lines of JSON on disk, first in, first out, in files of a megabyte. What `append` has returned for is on the disk
 * (fdatasync, and for a new file also the folder), as far as the disk tells the truth about that.
 *
 * Files are read and dropped whole. A crash in between repeats at most the lines of one file. The end of a file may be
 * half a line, where a write was cut off: nobody was told that it is safe, so it is passed over. A file that holds
 * nothing else is removed as soon as it is seen.
 */
export async function openSpoolFiles({ folder, partBytes = 1_000_000, onDamaged }: SpoolFilesOptions) {
  await mkdir(folder, { recursive: true });
  const parts: Part[] = [];
  for (const name of (await readdir(folder)).filter((file) => /^\d{12}\.jsonl$/.test(file)).toSorted()) {
    const file = join(folder, name);
    const text = await readFile(file, 'utf8');
    const { good, damaged } = linesOf(text);
    // A damaged file is told of when it is read, and nothing may have to wait for that.
    if (good.length === 0) await leave(file, damaged);
    else parts.push({ file, bytes: Buffer.byteLength(text), lines: good.length });
  }
  await syncFolder(folder);
  let next = parts.length === 0 ? 1 : Number(/(\d{12})\.jsonl$/.exec(parts.at(-1)!.file)![1]) + 1;
  /** The file that is written to: always the newest. What an earlier process wrote is only read. */
  let writing: { part: Part; handle: FileHandle } | null = null;
  let turn: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.catch(() => {}).then(work);
    turn = mine;
    return mine;
  };

  /** Takes a file out of the spool: nothing waits in it any more. */
  async function leave(file: string, isDamaged: boolean): Promise<void> {
    if (!isDamaged) return rm(file, { force: true });
    await rename(file, `${file}.damaged`);
    onDamaged(`${file}.damaged`);
  }

  async function begin(): Promise<{ part: Part; handle: FileHandle }> {
    const file = join(folder, `${String(next).padStart(12, '0')}.jsonl`);
    next += 1;
    const handle = await open(file, 'ax');
    await syncFolder(folder);
    writing = { part: { file, bytes: 0, lines: 0 }, handle };
    parts.push(writing.part);
    return writing;
  }

  async function seal(): Promise<void> {
    const done = writing;
    writing = null;
    await done?.handle.close();
  }

  return {
    /** Resolves when the lines are on the disk. Throws DL_DISK_FULL; then none of them is promised. */
    append: (lines: readonly string[]): Promise<void> =>
      inTurn(async () => {
        const text = lines.map((line) => `${line}\n`).join('');
        try {
          await needingRoom(folder, async () => {
            const { part, handle } = writing ?? (await begin());
            await handle.appendFile(text);
            await handle.datasync();
            part.bytes += Buffer.byteLength(text);
            part.lines += lines.length;
            if (part.bytes >= partBytes) await seal();
          });
        } catch (error) {
          // What was written of it is half a line at the end of a file that nothing is added to any more.
          const part = writing?.part;
          await seal().catch(() => {});
          if (part !== undefined && part.lines === 0) {
            parts.splice(parts.indexOf(part), 1);
            await rm(part.file, { force: true }).catch(() => {});
          }
          throw error;
        }
      }),
    /** The lines that have waited longest; null where none wait. */
    oldest: (): Promise<OldestPart | null> =>
      inTurn(async () => {
        const [part] = parts;
        if (part === undefined) return null;
        if (writing?.part === part) await seal();
        const { good, damaged } = linesOf(await readFile(part.file, 'utf8'));
        return {
          lines: good,
          drop: () =>
            inTurn(async () => {
              await leave(part.file, damaged);
              await syncFolder(folder);
              parts.splice(parts.indexOf(part), 1);
            }),
        };
      }),
    lines: () => parts.reduce((sum, part) => sum + part.lines, 0),
    bytes: () => parts.reduce((sum, part) => sum + part.bytes, 0),
    close: () => inTurn(seal),
  };
}

export type SpoolFiles = Awaited<ReturnType<typeof openSpoolFiles>>;

/** The lines that are whole. `damaged` where one is not that is not the last. */
function linesOf(text: string): { good: string[]; damaged: boolean } {
  const lines = text.split('\n');
  // After the last newline: nothing, or what a crash cut off.
  lines.pop();
  const good = lines.filter(isJson);
  return { good, damaged: good.length < lines.length };
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** A new or removed name is on the disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
