const BYTE = /^<0x([\dA-F]{2})>$/;

/** A token that stands for one byte of a character that the vocabulary has not got: `<0xE2>`. */
export const isByteToken = (token: string): boolean => BYTE.test(token);

/**
 * Bytes that follow each other and are no characters together become � each, as in Hugging Face's `tokenizers`; the
 * library would join some of them.
 */
export function mendBytes(tokens: readonly string[]): string[] {
  const mended: string[] = [];
  for (let from = 0; from < tokens.length;) {
    if (!isByteToken(tokens[from]!)) {
      mended.push(tokens[from]!);
      from += 1;
      continue;
    }
    let to = from;
    while (to < tokens.length && isByteToken(tokens[to]!)) to += 1;
    const run = tokens.slice(from, to);
    mended.push(...(isUtf8(run) ? run : run.map(() => '\uFFFD')));
    from = to;
  }
  return mended;
}

function isUtf8(run: readonly string[]): boolean {
  try {
    const bytes = Uint8Array.from(run, (token) => Number.parseInt(BYTE.exec(token)![1]!, 16));
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
