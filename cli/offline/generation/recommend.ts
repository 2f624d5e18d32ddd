import { recommendGenerator } from '../../../training/text-generation/recommend-generator.ts';
import type { GeneratorSettings } from '../../../training/text-generation/settings.ts';
import type { Recommendation, Wish } from '../offline-task.ts';

export type OfflineGeneratorSettings = GeneratorSettings & { validationShare: number; base: string };

/** Settings for the prompts of a file, each with its reason. What writes always has a base. */
export async function recommendPrompts(
  rows: { rows: number; preferences: boolean },
  { base, fineTune: wish }: Wish,
): Promise<Recommendation<OfflineGeneratorSettings>> {
  const { settings, said } = await recommendGenerator({ ...rows, base: base! }, wish);
  return { fineTune: { ...settings, base: base! }, settings: said };
}
