import type { Random } from '../random.ts';
import type { TokenisedText } from './text-reader.ts';

/**
 * A text as it might have been put with fewer words: each of its tokens is left out with the same chance; those around it
 * stay. A text of which nothing would be left stays as it is.
 *
 * Source: Iyyer et al., "Deep Unordered Composition Rivals Syntactic Methods for Text Classification" (2015), word dropout.
 *
 * @param share of the tokens that are left out, 0 to 1
 */
export function dropWords(text: TokenisedText, share: number, chance: Random): TokenisedText {
  const stays = text.special.map((isAround) => isAround || chance.uniform() >= share);
  const some = <T>(of: readonly T[]): T[] => of.filter((_, i) => stays[i]);
  const left = { ids: some(text.ids), types: some(text.types), special: some(text.special) };
  return left.special.every(Boolean) ? text : left;
}
