import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** What the stories in this folder are told with: rows on disk, and a command line to type at. */

/** What came of `driftloop …`: the last line of `--json`. */
export type Told = Readonly<Record<string, unknown>>;
/** Types `driftloop …` in the folder of the story. */
export type Type = (line: string) => Promise<Told>;

export type Stage = {
  /** Where the story's files are written. */
  folder: string;
  type: Type;
  /** `short`: fewer rows and steps, for a look at whether it works; its figures mean little. */
  size: 'whole' | 'short';
};

/** A chart of a story: groups of bars, shares from 0 to 1. */
export type Picture = {
  title: string;
  sentence: string;
  bars: readonly string[];
  groups: readonly { name: string; shares: readonly (number | null)[] }[];
};

/** A story: what was measured, and the picture of it. */
export type Story = { measured: Record<string, number>; picture: Picture };

/** Writes rows as JSON lines; those of `take` rows of an endless stream. */
export async function writeLines(
  folder: string,
  name: string,
  rows: Iterable<object>,
  take: number = Infinity,
): Promise<void> {
  const lines: string[] = [];
  if (take > 0)
    for (const row of rows) {
      lines.push(JSON.stringify(row));
      if (lines.length >= take) break;
    }
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, name), `${lines.join('\n')}\n`);
}

/** A number of an answer, by its name. */
export function numberOf(told: Told, name: string): number {
  const value = told[name];
  if (typeof value !== 'number') throw new Error(`The answer has no ${name}: ${JSON.stringify(told)}`);
  return value;
}

/** The figures that are kept: three digits say what these rows can say. */
export const rounded = (share: number): number => Math.round(share * 1_000) / 1_000;

/** The share of old rows that a training has kept right. */
export function keptOf({ kept }: Told): number {
  const { accuracyAfter } = (kept ?? {}) as { accuracyAfter?: number };
  return numberOf({ accuracyAfter }, 'accuracyAfter');
}
