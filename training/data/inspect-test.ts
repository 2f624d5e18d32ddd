import type { ColumnProfile, OutOfRange } from './column-profile.ts';
import { outOfRange } from './column-profile.ts';
import type { LabelledExample } from './labelled-example.ts';
import { nearAcross } from './near-duplicates.ts';

/** What a test promises too much by, or cannot be held against a model. Indices are of the rows as they were given. */
export type TestFindings = Readonly<{
  /** Test rows whose text is nearly one of the training rows', with the first of these. */
  near: { train: number; test: number }[];
  /** Values that training has prepared nobody for. */
  outOfRange: OutOfRange[];
}>;

/** Looks at test rows beside training rows. Without text columns no rows are nearly the same. */
export function inspectTest(
  { train, test }: { train: readonly LabelledExample[]; test: readonly LabelledExample[] },
  {
    columns,
    textColumns,
  }: { columns: Readonly<Record<string, ColumnProfile>>; textColumns: readonly string[] },
): TestFindings {
  const inputs = test.map(({ input }) => input);
  const found = { near: [], outOfRange: outOfRange(columns, inputs) };
  if (textColumns.length === 0) return found;
  const textOf = ({ input }: LabelledExample) => textColumns.map((name) => input[name] ?? '').join('\n');
  const near = nearAcross(train.map(textOf), test.map(textOf)).flatMap(({ left, right }) =>
    right.map((i) => ({ train: left[0]!, test: i })),
  );
  return { ...found, near: near.sort((a, b) => a.test - b.test) };
}
