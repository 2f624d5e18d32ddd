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
import { textOf } from '../text-classification/text-of.ts';
import { contentHash } from './content-hash.ts';
import { nearAcross } from './near-duplicates.ts';

/** Plain data, so that it can be handed to a thread. */
export type TwinQuestion = Readonly<{
  input: Readonly<Record<string, Feature>>;
  /** To learn from. */
  rows: readonly InputRow[];
  heldOut: readonly InputRow[];
  /** Content hashes of golden rows. */
  golden: readonly string[];
  /** What golden rows say, where that is a text: those that nearly say it are found, too. */
  goldenTexts?: readonly InputRow[];
}>;

/** Indices of rows to learn from, each in one of the two at most. */
export type Twins = Readonly<{
  ofGolden: readonly number[];
  ofHeldOut: readonly number[];
  /** Held-out rows with a twin among the rows to learn from, as a share; and how often rows meet by chance. */
  share: number;
  byChance: number;
}>;

/** Which rows may not be learnt from, because a golden or a held-out row says the same. */
export function findTwins({ input, rows, heldOut, golden, goldenTexts = [] }: TwinQuestion): Twins {
  const known = new Set(golden);
  const hashes = rows.map((row) => contentHash(input, row));
  const isText = readsText(input);
  const textsOf = (some: readonly InputRow[]) => some.map((row) => textOf({ input }, row));
  const nearly = isText && goldenTexts.length > 0 ? nearAcross(textsOf(rows), textsOf(goldenTexts)) : [];
  const nearGolden = new Set(nearly.flatMap(({ left }) => left));
  const isGolden = (i: number) => known.has(hashes[i]!) || nearGolden.has(i);
  const ofGolden = [...hashes.keys()].filter(isGolden);
  const others = [...hashes.keys()].filter((i) => !isGolden(i));
  const hashesHeldOut = heldOut.map((row) => contentHash(input, row));
  const met = findLeakage(
    others.map((i) => hashes[i]!),
    hashesHeldOut,
  );
  const held = new Set(isText || isLeak(met) ? hashesHeldOut : []);
  const near = isText ? nearAcross(textsOf(others.map((i) => rows[i]!)), textsOf(heldOut)) : [];
  const isNear = new Set(near.flatMap(({ left }) => left.map((at) => others[at]!)));
  const ofHeldOut = others.filter((i) => isNear.has(i) || held.has(hashes[i]!));
  return { ofGolden, ofHeldOut, share: met.share, byChance: met.byChance };
}
