import type { OpenWish } from '../../domain/fine-tune-config.ts';
import { isTinyText } from '../search/recommend.ts';
import type { Situation } from '../search/recommend.ts';
import { becauseOf } from '../search/say-settings.ts';
import type { SaidSetting } from '../search/say-settings.ts';

/**
 * Of a base of Driftloop's own that learns from so few examples of each label. Measured in
 * docs/decisions/keeping-what-was-known.md.
 */
const FEW = { share: 0.3, perLabel: 30 };

/** How many of a text's words are left out whenever it is learnt from, and why; nothing is said of none. */
export function recommendWordDropout(
  situation: Situation,
  wish: OpenWish,
): { wordDropout: number; said: SaidSetting[] } {
  const wordDropout = wish.wordDropout ?? (isFew(situation) ? FEW.share : 0);
  if (wordDropout === 0) return { wordDropout, said: [] };
  const because = becauseOf(wish)(
    'wordDropout',
    `of fewer than ${FEW.perLabel} examples a label each would be known by a word or two that it has by chance`,
  );
  const value = `${Number((100 * wordDropout).toPrecision(2))} % of the words of a text, others each time`;
  return { wordDropout, said: [{ name: 'left out', value, because }] };
}

const isFew = (situation: Situation): boolean =>
  isTinyText(situation) && situation.classes !== null && situation.rows < FEW.perLabel * situation.classes;
