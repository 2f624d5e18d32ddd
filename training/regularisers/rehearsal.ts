import { random } from '../random.ts';

export type Rehearsal = Readonly<{
  /** Rows of an epoch: all new ones, and old ones among them. */
  rows: number;
  /** Which row stands at a place of an epoch: a new one, or after all of these an old one. */
  rowAt(place: number, epoch: number): number;
}>;

export type RehearsalOptions = Readonly<{
  /** How many new examples there are. */
  fresh: number;
  /** How many old examples there are. */
  old: number;
  /** The share of all that is seen that is old, 0 to below 1. */
  ratio: number;
  seed: number;
}>;

/** Few old examples, seen more often than that for each time that a new one is, are learnt by heart. */
const TIMES_AT_MOST = 4;

/**
 * Rehearsal: old examples among the new ones, so that what they teach is not forgotten. Where there are more old ones
 * than an epoch takes, the next epoch goes on with others: each comes once before any comes again. What stands where
 * depends on the seed and the place alone, so that a resumed training sees the same.
 */
export function rehearsal({ fresh, old, ratio, seed }: RehearsalOptions): Rehearsal {
  const wanted = Math.round((fresh * ratio) / (1 - ratio));
  const taken = Math.min(wanted, old * TIMES_AT_MOST);
  const order = Int32Array.from({ length: old }, (_, row) => row);
  random(seed).shuffle(order);
  return {
    rows: fresh + taken,
    rowAt: (place, epoch) => (place < fresh ? place : fresh + order[(epoch * taken + place - fresh) % old]!),
  };
}
