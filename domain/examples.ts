import type { InputRow } from './input.ts';

/** What an example may be used for, for life. */
export type Partition = 'train' | 'holdout' | 'golden';

/** A prediction joined with its effective feedback, in the order in which its label became known. */
export type Example = {
  predictionId: string;
  /** Position in the known-at order of its model, from 1; what the policy counts in. */
  seq: number;
  input: InputRow;
  label: string;
  partition: Partition;
  /** Whom the row is about, where its request said so. */
  entity?: string;
  /** Whose word the label is; only where it was asked for. */
  source?: string;
  /** Labelled because it was picked: it may train, and judges nothing. */
  isPicked?: true;
};

/** A labelled row as it was folded: whether the champion was wrong, what it had answered, and when that was known. */
export type RecordedRow = Readonly<{ seq: number; isWrong: boolean; answer: string; atMs: number }>;
/** What is recorded of one champion, from its takeover to the next; in known-at order. */
export type RecordedReign = Readonly<{ version: string; rows: readonly RecordedRow[] }>;

/** What of a snapshot an example is for. Of rows of the time before, some are rehearsed, and golden ones only measure. */
export type SnapshotPart = 'train' | 'validation' | 'rehearsal' | 'golden';
export type SnapshotParts = Readonly<Record<SnapshotPart, readonly Example[]>>;

/** Rows of the time before, by what they are for. */
export type OldRows = Pick<SnapshotParts, 'rehearsal' | 'golden'>;

export type Snapshot = {
  id: string;
  model: string;
  runId: string;
  /** RFC 3339. What became known later is newer than this snapshot. */
  cutAt: string;
  /** Examples with a larger `seq` arrived after the cut and may test whoever was trained on it. */
  cutSeq: number;
  /** The first `seq` that belongs to the new regime, as estimated when the snapshot was cut. */
  fromSeq: number;
  rows: Readonly<Record<SnapshotPart, number>>;
  /** Share of the training rows from before the estimated onset. */
  rehearsalShare: number;
  digest: string;
};
