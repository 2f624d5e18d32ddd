import { isByteToken } from './byte-tokens.ts';
import type { Library } from './library.ts';
import { normalised, sliceOf, spelled } from './surface.ts';
import type { Span, Surface } from './surface.ts';
import { partOfType } from './tokenizer-json.ts';
import type { TokenizerJson } from './tokenizer-json.ts';

/**
 * Where in the text each of its tokens lies, in code points: what Hugging Face's `tokenizers` calls offsets, and the
 * library used here does not give. The text goes the library's way once more, word by word, and is followed.
 *
 * @param tokens of the text, without those that are put around it
 */
export function tokenOffsets(
  library: Library,
  json: TokenizerJson,
  text: string,
  tokens: readonly string[],
): Span[] {
  const found: { token: string; span: Span }[] = [];
  const asIs = json.added_tokens.filter(({ normalized }) => !normalized || json.normalizer === null);
  let from = 0;
  for (const [index, section] of sectionsOf(text, asIs).entries()) {
    const length = Array.from(section.text).length;
    if (section.isAdded) found.push({ token: section.text, span: [from, from + length] });
    else found.push(...inSection(library, json, section.text, from, index));
    from += length;
  }
  if (found.map(({ token }) => token).join('\n') !== tokens.join('\n'))
    throw new Error(`The tokens of "${text.slice(0, 40)}" were not found again in it`);
  return trimmed(
    found.map(({ token, span }) => ({ token, span })),
    json,
  );
}

type Section = { text: string; isAdded: boolean };

/** Cut at tokens that stand in the text as they are, the longest at each place first. */
function sectionsOf(text: string, added: readonly { content: string }[]): Section[] {
  const contents = added.map(({ content }) => content).filter((content) => content.length > 0);
  if (contents.length === 0) return [{ text, isAdded: false }];
  const pattern = contents
    .toSorted((a, b) => b.length - a.length)
    .map((content) => content.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('|');
  return text
    .split(new RegExp(`(${pattern})`, 'u'))
    .map((section, i) => ({ text: section, isAdded: i % 2 === 1 }))
    .filter((section) => section.text.length > 0);
}

function inSection(
  library: Library,
  json: TokenizerJson,
  text: string,
  from: number,
  index: number,
): { token: string; span: Span }[] {
  const { normalizer, pre_tokenizer: splitter, model } = library;
  const normal = normalised(text, normalizer ? (part) => normalizer.normalize(part) : null, from);
  const surface = spelled(normal, json);
  const words = splitter ? splitter.pre_tokenize(normal.text, { section_index: index }) : [normal.text];
  let at = 0;
  return words.flatMap((word) => {
    const placed = place(surface, word, at);
    at = placed.next;
    return follow(placed.surface, model([word]), json);
  });
}

/** A word may begin with a space that the text has not got: it lies where its next character does. */
function place(surface: Surface, word: string, at: number): { surface: Surface; next: number } {
  const found = surface.text.indexOf(word, at);
  if (found !== -1)
    return { surface: sliceOf(surface, found, found + word.length), next: found + word.length };
  const bare = surface.text.indexOf(word.slice(1), at);
  if (bare === -1) throw new Error(`The word "${word}" was not found again in its text`);
  const rest = sliceOf(surface, bare, bare + word.length - 1);
  return {
    surface: { text: word, spans: [rest.spans[0] ?? [0, 0], ...rest.spans] },
    next: bare + word.length - 1,
  };
}

/** The tokens of one word, one after the other. */
function follow(
  { text, spans }: Surface,
  tokens: readonly string[],
  { model }: TokenizerJson,
): { token: string; span: Span }[] {
  const prefix = model.continuing_subword_prefix ?? '';
  const spellings = tokens.map((token, i) =>
    i > 0 && prefix !== '' && token.startsWith(prefix) ? token.slice(prefix.length) : token,
  );
  let at = 0;
  let bytesLeft = 0;
  return tokens.map((token, i) => {
    const start = at;
    if (model.byte_fallback && isByteToken(token)) {
      const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
      if (bytesLeft === 0) bytesLeft = new TextEncoder().encode(point).length;
      bytesLeft -= 1;
      const span = spanOf(spans, start, start + point.length);
      if (bytesLeft === 0) at += point.length;
      return { token, span };
    }
    if (text.startsWith(spellings[i]!, at)) at += spellings[i]!.length;
    else {
      // An unknown stretch: up to where the next token is found, or to the end of the word.
      const next = i + 1 < tokens.length ? text.indexOf(spellings[i + 1]!, at + 1) : -1;
      at = next === -1 ? text.length : next;
    }
    return { token, span: spanOf(spans, start, at) };
  });
}

const spanOf = (spans: readonly Span[], from: number, to: number): Span => [
  spans[from]?.[0] ?? 0,
  spans[to - 1]?.[1] ?? 0,
];

/** Some tokenizers leave the spaces around a token out of its offsets. As `tokenizers`' `process_offsets`. */
function trimmed(found: readonly { token: string; span: Span }[], json: TokenizerJson): Span[] {
  const { post_processor: around } = json;
  const part = partOfType(around, 'ByteLevel') ?? partOfType(around, 'RobertaProcessing');
  if (!part || part['trim_offsets'] === false) return found.map(({ span }) => span);
  const addsSpace = part['add_prefix_space'] !== false;
  return found.map(({ token, span: [from, to] }, i) => {
    const spaces = (ordered: string[]) => {
      const first = ordered.findIndex((one) => one !== 'Ġ' && !/\s/u.test(one));
      return first === -1 ? ordered.length : first;
    };
    const [before, after] = [spaces(Array.from(token)), spaces(Array.from(token).toReversed())];
    const isFirst = i === 0 || from === 0;
    const leading = isFirst && addsSpace ? Math.max(0, before - 1) : before;
    const start = before > 0 ? Math.min(from + leading, to) : from;
    return [start, after > 0 && to >= after ? Math.max(to - after, start) : to];
  });
}
