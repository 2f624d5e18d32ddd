/** Who labelled what of a test, and how the rows of each fell. */
import type { Pairs } from '../../statistics/sequential/paired-difference.ts';
import { pairsOf, type AnsweredRows } from './answered-rows.ts';

/** Rows of one source; of nobody in particular where it has no name. */
export type LabelSource = Readonly<{ name: string | null; pairs: Pairs }>;

/** Each source with its rows; those that nobody in particular labelled are one without a name, where there are any. */
export function labelSources(answered: AnsweredRows): LabelSource[] {
  const rows = new Map<string | null, number[]>();
  for (const i of answered.independent) {
    const { source = null } = answered.rows[i]!;
    const own = rows.get(source);
    if (own === undefined) rows.set(source, [i]);
    else own.push(i);
  }
  return [...rows].map(([name, own]) => ({ name, pairs: pairsOf(answered, own) }));
}

export const discordant = ({ wins, losses }: Pick<Pairs, 'wins' | 'losses'>): number => wins + losses;

export const sumOf = (pairs: readonly Pairs[]): Pairs => ({
  wins: pairs.reduce((sum, { wins }) => sum + wins, 0),
  losses: pairs.reduce((sum, { losses }) => sum + losses, 0),
  ties: pairs.reduce((sum, { ties }) => sum + ties, 0),
});

export const minus = (all: Pairs, some: Pairs): Pairs => ({
  wins: all.wins - some.wins,
  losses: all.losses - some.losses,
  ties: all.ties - some.ties,
});

/** As the main question asks for them. */
export const counted = ({ wins, losses, ties }: Pairs) => ({ wins, losses, rows: wins + losses + ties });

/** With fewer on one side no comparison of two sources says anything after a correction. */
export const LEAST_DISCORDANT = 5;
