import type { InputRow } from '../../domain/input.ts';

/** One row of a file of training data, before anything is made of it. */
export type LabelledExample = Readonly<{
  input: InputRow;
  label: string;
  /** Where it may have any number of labels: those. Else it has the one. */
  labels?: readonly string[];
  /** Whom it is about; examples of one entity belong on one side of a split. */
  entity?: string;
  /** When it happened, in milliseconds. */
  at?: number;
}>;
