import type { Library } from './library.ts';

/** A place in what is made of one or two texts: a text's tokens, or one that is put there. */
export type Slot = { type: number } & ({ text: number } | { text: null; token: string; id: number });

/** Stands for the tokens of a text while the post-processor is asked where they go. No vocabulary has it. */
const placeholders = ['\0first', '\0second'];

/**
 * How the tokenizer's post-processor puts tokens around texts. It is asked with a placeholder for each, so that texts can
 * be shortened before, and because one that only treats bytes forgets the second text.
 */
export function templateOf(library: Library, isPair: boolean, special: boolean): Slot[] {
  const texts = isPair ? [0, 1] : [0];
  const plain = texts.map((text): Slot => ({ type: text, text }));
  if (!special || !library.post_processor) return plain;
  const processed = library.post_processor.post_process(
    [placeholders[0]!],
    isPair ? [placeholders[1]!] : null,
    true,
  );
  const slots = processed.tokens.map((token, i): Slot => {
    const type = processed.token_type_ids?.[i] ?? 0;
    const text = placeholders.indexOf(token);
    if (text !== -1) return { type, text };
    return { type, text: null, token, id: library.token_to_id(token)! };
  });
  const isForgotten = isPair && !slots.some(({ text }) => text === 1);
  return isForgotten ? [...slots, { type: 1, text: 1 }] : slots;
}
