import { counted, listed } from '../../console/wording.ts';
import { labelCells } from '../data/label-cells.ts';
import { hasJsonLines, readRecords } from '../data/records.ts';
import { LEAST_ROWS } from '../operate/least-rows.ts';
import type { FoundModel } from './describe-data.ts';

/** A tenth of the rows tests: of a label with fewer than this, that is often none. */
const LEAST_OF_A_LABEL = 10;
const LABELS_NAMED = 5;

/** What is worth a word of rows that are too few to learn from. It is no mistake: more may come before the first training. */
export async function sayThin(file: string, { model, label }: FoundModel): Promise<string[]> {
  const { task } = model;
  const labelsIn =
    task.kind === 'multi-label'
      ? labelCells({ file, column: label, isJson: await hasJsonLines(file) })
      : (cell: string) => [cell.trim()];
  const rowsOf = new Map('labels' in task ? task.labels.map((one) => [one, 0]) : []);
  let rows = 0;
  for await (const { cells, line } of readRecords(file, true)) {
    rows += 1;
    if (rowsOf.size > 0)
      for (const one of labelsIn(cells[label] ?? '', line)) rowsOf.set(one, (rowsOf.get(one) ?? 0) + 1);
  }
  const few = [...rowsOf].filter(([, n]) => n < LEAST_OF_A_LABEL).map(([one]) => `"${one}"`);
  const more = few.length - LABELS_NAMED;
  const named = more > 1 ? [...few.slice(0, LABELS_NAMED), `${more} more`] : few;
  return [
    ...(rows < LEAST_ROWS
      ? [`${file} has ${counted(rows, 'row')}; a first version is trained from ${LEAST_ROWS} at least.`]
      : []),
    ...(few.length === 0
      ? []
      : [
          `${counted(few.length, 'label has', 'labels have')} fewer than ${LEAST_OF_A_LABEL} rows, which is too few to be learnt and tested: ${listed(named)}.`,
        ]),
  ];
}
