import type { InputRow } from './input.ts';

/** `pinned`: a person says that it must stay true. `sampled`: of the time so far, and given up when the world changes. */
export type GoldenKind = 'pinned' | 'sampled';

/** A row that never trains and always tests. */
export type GoldenRow = Readonly<{
  /** sha256 of what the row says, so that the same row is there once. */
  id: string;
  kind: GoldenKind;
  input: InputRow;
  label: string;
}>;

/** The rows that a version has learnt from, by what they say: the first 16 hex digits of their content's hash. */
export type Learnt = Readonly<{
  rows: readonly string[];
  /** False where something that it learnt from, or began from, is not known: it came without a list. */
  isWhole: boolean;
  /** How many of the rows that were learnt last, as a share, met another one of them; left out where nobody counted. */
  byChance?: number;
}>;

export const LEARNT_DIGITS = 16;

/** It began from scratch. */
export const learntNothing: Learnt = { rows: [], isWhole: true };

/** Nothing is known of it. */
export const learntUnknown: Learnt = { rows: [], isWhole: false };
