import { counted } from '../wording.ts';
import type { Confusion, LastLook } from './run-record.ts';

/** What a look says was taken for what; null where answers are no labels to tell apart. */
export const confusionIn = ({ confusion }: LastLook): Confusion | null =>
  confusion === null || confusion.labels.length === 0 ? null : confusion;

export type Move = Readonly<{ truth: string; answer: string; before: number; after: number }>;

/** Cells in which the two versions differ most, the largest change first. */
export const moved = ({ labels, champion, challenger }: Confusion, atMost: number): Move[] =>
  champion
    .flatMap((row, i) =>
      row.map((before, j) => ({
        truth: labels[i]!,
        answer: labels[j]!,
        before,
        after: challenger[i]?.[j] ?? 0,
      })),
    )
    .filter(({ before, after }) => before !== after)
    .toSorted((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before))
    .slice(0, atMost);

/** What the champion gets wrong most. */
export function sayMostMistaken({ labels, champion }: Confusion, version: string): string {
  let most = { truth: '', answer: '', rows: 0 };
  for (const [i, row] of champion.entries())
    for (const [j, rows] of row.entries())
      if (i !== j && rows > most.rows) most = { truth: labels[i]!, answer: labels[j]!, rows };
  return most.rows === 0
    ? `${version} made no mistake.`
    : `${version} most often said ${most.answer} where it was ${most.truth}: ${counted(most.rows, 'time')}.`;
}
