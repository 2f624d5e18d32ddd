/**
 * Training rows and rows that test must not know each other: what was learnt by heart is answered better than what
 * production will ask. Before a training, rows to learn from that say what a golden row or a held-out row says are left
 * out; of texts, also those that nearly say it.
 *
 * Rows of a few categories meet by chance, in production as here. So twins in a table count only where there are more of
 * them than chance explains (see training/leakage.ts).
 */
import { readsText, type Feature, type InputRow } from '../../domain/input.ts';
import { findLeakage, isLeak } from '../leakage.ts';
import { contentHash } from './content-hash.ts';
import { nearDuplicates } from './near-duplicates.ts';

type Row = Readonly<{ input: InputRow }>;

export type KeptApart<R> = Readonly<{
  kept: R[];
  /** Rows to learn from that were left out, because they say what a row of these says. */
  left: Readonly<{ golden: number; heldOut: number }>;
  /** Held-out rows with a twin among the rows to learn from, as a share; and how often rows meet by chance. */
  share: number;
  byChance: number;
}>;

/** @param golden content hashes of golden rows */
export function keepApart<R extends Row>(
  input: Readonly<Record<string, Feature>>,
  rows: readonly R[],
  { heldOut, golden }: { heldOut: readonly Row[]; golden: ReadonlySet<string> },
): KeptApart<R> {
  const hashes = rows.map((row) => contentHash(input, row.input));
  const others = rows.filter((_, i) => !golden.has(hashes[i]!));
  const ofOthers = hashes.filter((hash) => !golden.has(hash));
  const ofHeldOut = heldOut.map((row) => contentHash(input, row.input));
  const { share, byChance } = findLeakage(ofOthers, ofHeldOut);
  const isText = readsText(input);
  const twins = new Set(isText ? nearTwins(others, heldOut) : []);
  if (isText || isLeak({ share, byChance })) {
    const held = new Set(ofHeldOut);
    for (const [i, hash] of ofOthers.entries()) if (held.has(hash)) twins.add(i);
  }
  return {
    kept: others.filter((_, i) => !twins.has(i)),
    left: { golden: rows.length - others.length, heldOut: twins.size },
    share,
    byChance,
  };
}

/** Indices of rows whose text nearly is that of a held-out row. */
function nearTwins(rows: readonly Row[], heldOut: readonly Row[]): number[] {
  const textOf = ({ input }: Row) => Object.values(input).join('\n');
  return nearDuplicates([...rows, ...heldOut].map(textOf)).flatMap((group) =>
    group.some((i) => i >= rows.length) ? group.filter((i) => i < rows.length) : [],
  );
}
