import type { Feature, InputRow } from '../../../domain/input.ts';
import { wordCount } from '../../../domain/reference-shares.ts';
import { textFeature, textOf } from '../../../training/text-classification/text-of.ts';
import type { ReportColumn } from '../../../console/report/report-data.ts';

type Model = { input: Readonly<Record<string, Feature>> };

/** Up to so many words a text is called that. */
const LENGTHS = [
  { words: 5, value: 'up to 5 words' },
  { words: 10, value: '6 to 10 words' },
  { words: 20, value: '11 to 20 words' },
  { words: Infinity, value: 'over 20 words' },
] as const;

/** By what test rows are looked at in parts: how long their texts are. */
export const lengthSlice = (text: string): Record<string, string> => ({
  length: LENGTHS.find(({ words }) => wordCount(text) <= words)!.value,
});

/** What the texts look like, for the report. */
export function sayLengths(model: Model, rows: readonly { input: InputRow }[]): ReportColumn {
  const counts = rows.map(({ input }) => wordCount(textOf(model, input))).sort((a, b) => a - b);
  const missing = counts.filter((n) => n === 0).length;
  return {
    name: textFeature(model),
    kind: 'text',
    missing: missing / Math.max(1, rows.length),
    values: `${counts[0] ?? 0} to ${counts.at(-1) ?? 0} words, half of them up to ${counts[counts.length >> 1] ?? 0}`,
  };
}
