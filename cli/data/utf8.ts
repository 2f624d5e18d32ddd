import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import { shellWord } from '../shell-word.ts';

const NEW_LINE = 0x0a;
/** What UTF-16 begins with, when its lower byte comes first. */
const UTF_16 = [0xff, 0xfe] as const;

const beginsAsUtf16 = (bytes: Uint8Array): boolean => UTF_16.every((byte, i) => bytes[i] === byte);

/**
 * The bytes of a file of text, piece by piece. What is no UTF-8 would be read as � in every label that has an umlaut, so
 * it is refused.
 *
 * @param utf16 whether whoever reads it knows UTF-16 by how it begins
 * @throws DL_DATA_UNREADABLE with the line
 */
export async function* utf8Chunks(file: string, { utf16 = false } = {}): AsyncIterable<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isChecked: boolean | null = null;
  const check = async (bytes?: Buffer) => {
    try {
      decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw await notUtf8(file);
    }
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    isChecked ??= !(utf16 && beginsAsUtf16(chunk));
    if (isChecked) await check(chunk);
    yield chunk;
  }
  if (isChecked === true) await check();
}

/** Its lines, as they stand there. Throws what `utf8Chunks` throws. */
export async function* utf8Lines(file: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  for await (const chunk of utf8Chunks(file)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.replace(/\r$/, '');
  }
  if (rest !== '') yield rest;
}

async function notUtf8(file: string): Promise<DriftloopError> {
  const { line, from } = await firstBadLine(file);
  return new DriftloopError(
    'DL_DATA_UNREADABLE',
    `${file} is not written in UTF-8: line ${line} is the first that cannot be read.`,
    {
      fix: `Convert it, such as: iconv -f ${from} -t utf-8 ${shellWord(file)} > ${shellWord(`utf-8-${path.basename(file)}`)}`,
    },
  );
}

/** Which line is the first that is no UTF-8, and in what the file may be written instead. */
async function firstBadLine(file: string): Promise<{ line: number; from: string }> {
  let line = 1;
  let rest = Buffer.alloc(0);
  let from: string | null = null;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    from ??= beginsAsUtf16(chunk) ? 'utf-16' : 'latin1';
    const bytes = Buffer.concat([rest, chunk]);
    let begin = 0;
    for (let end = bytes.indexOf(NEW_LINE); end !== -1; end = bytes.indexOf(NEW_LINE, begin)) {
      if (!isUtf8(bytes.subarray(begin, end))) return { line, from };
      line += 1;
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
  }
  return { line, from: from ?? 'latin1' };
}
