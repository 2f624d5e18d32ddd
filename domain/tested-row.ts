import type { InputRow } from './input.ts';
import type { AnyOutput } from './task.ts';

/** What a row was looked at for: to compare two versions, or because it is golden. */
export type TestedPart = 'test' | 'pinned' | 'sampled';

/** A row that a gate looked at, and what challenger (`ours`) and champion (`theirs`) answered to it. */
export type TestedRow = Readonly<{
  part: TestedPart;
  /** Of the prediction, or of the golden row. */
  id: string;
  /** Position in the known-at order; of golden rows, among themselves. */
  seq: number;
  input: InputRow;
  label: string;
  /** A hash: rows of one entity have the same. Null where they have none. */
  entity: string | null;
  /** Who said what the label is; null where nobody in particular did. */
  source: string | null;
  ours: AnyOutput;
  theirs: AnyOutput;
  /** sha256 of all of that, the input aside. */
  digest: string;
}>;

/** The same as it is stored: the input may have been erased since. */
export type StoredTestedRow = Omit<TestedRow, 'input'> &
  Readonly<{
    input: InputRow | null;
    /** False where the input is there and is not the one that was answered. */
    isAsTested: boolean;
  }>;
