import type { OpenWish } from '../../../domain/fine-tune-config.ts';
import { recommendClassifier } from '../../../training/classification/recommend-classifier.ts';
import { readBaseConfig } from '../../../training/models/model-folder.ts';
import { trunkParts } from '../../../training/models/network.ts';
import { parameterCount } from '../../../training/models/parts.ts';
import { becauseOf } from '../../../training/search/say-settings.ts';
import type { TextSettings } from '../../../training/text-classification/settings.ts';
import type { Recommendation, Wish } from '../offline-task.ts';

export type OfflineTextSettings = TextSettings & { validationShare: number; base: string | null };

/** Tokens; longer texts are cut, and attention to all of them costs their square. */
const LONGEST = 128;

/** Settings for texts, each with its reason. */
export async function recommendText(
  rows: number,
  classes: number,
  { base, fineTune: wish }: Wish,
): Promise<Recommendation<OfflineTextSettings>> {
  const weights = base === null ? null : await weightsOf(base);
  const situation = { task: 'text', rows, classes, weights, memoryBytes: null, base } as const;
  const { settings, said } = recommendClassifier(situation, wish);
  const longest = wish.longest ?? LONGEST;
  return { fineTune: { ...settings, base, longest }, settings: [...said, sayLongest(longest, wish)] };
}

const sayLongest = (longest: number, wish: OpenWish) => ({
  name: 'words',
  value: `the first ${longest} tokens of a text`,
  because: becauseOf(wish)('longest', 'the rest would cost its square and says little'),
});

/** Of the base's own weights. */
async function weightsOf(base: string): Promise<number> {
  const { config } = await readBaseConfig(base);
  return parameterCount(trunkParts(config));
}
