import { count } from './count.ts';

/** What a training kept of what its base knew: the share of golden rows that are answered right. */
export type Kept = Readonly<{
  goldenRows: number;
  /** By the base. */
  before: number;
  after: number;
  /** How much of the way from the base's weights to the learnt ones was gone; 1: all. */
  share: number;
}>;

/** Of what the base answered right; 1: all of it, or more. */
export const keptShare = ({ before, after }: Pick<Kept, 'before' | 'after'>): number =>
  before === 0 ? 1 : Math.min(1, after / before);

/** For a person. */
export const sayKept = (kept: Kept): string =>
  `Of what it knew before, ${percent(keptShare(kept))} is kept: of ${count(kept.goldenRows)} golden ` +
  `rows it answered ${percent(kept.before)} right, and now ${percent(kept.after)}.`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
