import { partOfType } from './tokenizer-json.ts';
import type { TokenizerJson } from './tokenizer-json.ts';

/** From and to, in code points of the text. */
export type Span = readonly [number, number];

/** A text as the tokens spell it, and where each of its characters (UTF-16 units) comes from. */
export type Surface = { text: string; spans: Span[] };

/**
 * A text after its normaliser. Where each character comes from is found by normalising longer and longer beginnings of
 * the text, which every normaliser can be asked for; it takes a time that grows with the square of the length.
 */
export function normalised(
  text: string,
  normalise: ((text: string) => string) | null,
  from: number,
): Surface {
  const points = Array.from(text);
  if (normalise === null)
    return { text, spans: points.flatMap((one, i) => unitsOf(one, [from + i, from + i + 1])) };
  const whole = normalise(text);
  const spans: Span[] = [];
  let prefix = '';
  for (const [i, point] of points.entries()) {
    prefix += point;
    const { length } = normalise(prefix);
    while (spans.length < Math.min(length, whole.length)) spans.push([from + i, from + i + 1]);
  }
  while (spans.length < whole.length) spans.push([from + points.length, from + points.length]);
  return { text: whole, spans };
}

/** As the splitter hands it to the model: bytes as characters, or spaces as ▁. */
export function spelled({ text, spans }: Surface, { pre_tokenizer: splitter }: TokenizerJson): Surface {
  if (partOfType(splitter, 'ByteLevel')) {
    let at = 0;
    const characters = Array.from(text).map((point) => {
      const bytes = [...new TextEncoder().encode(point)].map((byte) => characterOfByte[byte]!);
      const span = spans[at]!;
      at += point.length;
      return { bytes, span };
    });
    return {
      text: characters.flatMap(({ bytes }) => bytes).join(''),
      spans: characters.flatMap(({ bytes, span }) => bytes.map(() => span)),
    };
  }
  const metaspace = partOfType(splitter, 'Metaspace');
  if (!metaspace) return { text, spans };
  const { replacement } = metaspace;
  return { text: text.replaceAll(' ', typeof replacement === 'string' ? replacement : '▁'), spans };
}

/** A part of a surface. */
export const sliceOf = ({ text, spans }: Surface, from: number, to: number): Surface => ({
  text: text.slice(from, to),
  spans: spans.slice(from, to),
});

const unitsOf = (point: string, span: Span): Span[] => Array.from({ length: point.length }, () => span);

/** GPT-2's spelling of bytes: printable ones of Latin-1 are themselves, the others follow from U+0100 on. */
const characterOfByte: readonly string[] = (() => {
  const isPrintable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let others = 0;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : 0x1_00 + others++),
  );
})();
