import type { OpenWish } from '../../domain/fine-tune-config.ts';
import { recommendClassifier } from '../classification/recommend-classifier.ts';
import type { SharedSettings } from '../classification/recommend-classifier.ts';
import type { OldSituation } from '../classification/recommend-keep.ts';
import { isImageConfig } from '../models/config.ts';
import { readBaseConfig } from '../models/model-folder.ts';
import { trunkParts, wordTable } from '../models/network.ts';
import { parameterCount } from '../models/parts.ts';
import type { Situation } from '../search/recommend.ts';
import { becauseOf } from '../search/say-settings.ts';
import type { SaidSetting } from '../search/say-settings.ts';
import { recommendWordDropout } from './recommend-word-dropout.ts';
import type { TextSettings } from './settings.ts';

/** Tokens; longer texts are cut, and attention to all of them costs their square. */
const LONGEST = 128;

export type TextRecommendation = { settings: TextSettings & SharedSettings; said: SaidSetting[] };

/**
 * Complete settings for a classifier of texts, each with its reason.
 *
 * @param many whether a text may have any number of labels
 * @throws {DriftloopError} `DL_BASE_MISSING`, `DL_BASE_INVALID`, `DL_BASE_UNSUPPORTED`
 */
export async function recommendText(
  { rows, classes, many = false, base, old = null }: Texts & { many?: boolean; old?: OldSituation | null },
  wish: OpenWish,
): Promise<TextRecommendation> {
  const situation = await textSituation({ rows, classes, base });
  const { settings, said } = recommendClassifier({ ...situation, many, base, old }, wish);
  const longest = wish.longest ?? LONGEST;
  const { wordDropout, said: saidDropout } = recommendWordDropout(situation, wish);
  return {
    settings: { ...settings, longest, wordDropout },
    said: [...said, sayLongest(longest, wish), ...saidDropout],
  };
}

type Texts = {
  /** To train on. */
  rows: number;
  classes: number;
  /** Its folder; null: from scratch. */
  base: string | null;
};

/** What is known before a training on texts. Throws what `recommendText` throws. */
export async function textSituation({ rows, classes, base }: Texts): Promise<Situation> {
  const known = base === null ? { weights: null } : await readBase(base);
  return { task: 'text', rows, classes, ...known, memoryBytes: null };
}

const sayLongest = (longest: number, wish: OpenWish) => ({
  name: 'words',
  value: `the first ${longest} tokens of a text`,
  because: becauseOf(wish)('longest', 'the rest would cost its square and says little'),
});

/** How many weights a base has of its own, and which of them stand for words. */
async function readBase(base: string): Promise<Pick<Situation, 'weights' | 'words'>> {
  const { config } = await readBaseConfig(base);
  const weights = parameterCount(trunkParts(config));
  return isImageConfig(config) ? { weights } : { weights, words: wordTable(config) };
}
