import type { Classification, MultiLabel } from '../../../domain/task.ts';
import { recommendText } from '../../../training/text-classification/recommend-text.ts';
import type { TextSettings } from '../../../training/text-classification/settings.ts';
import type { Recommendation, Wish } from '../offline-task.ts';

export type OfflineTextSettings = TextSettings & { validationShare: number; base: string | null };

/** Settings for the texts of a file, each with its reason. */
export async function recommendTexts(
  rows: number,
  { kind, labels }: Classification | MultiLabel,
  { base, old, fineTune }: Wish,
): Promise<Recommendation<OfflineTextSettings>> {
  const many = kind === 'multi-label';
  const { settings, said } = await recommendText({ rows, classes: labels.length, many, base, old }, fineTune);
  return { fineTune: { ...settings, base }, settings: said };
}
