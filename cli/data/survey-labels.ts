import type { MultiLabel } from '../../domain/task.ts';
import { LABELS_AT_MOST, unsuitable } from './infer-config.ts';
import { labelCells } from './label-cells.ts';
import { hasJsonLines, readRecords } from './records.ts';

/**
 * The labels of a file of whose rows each may have any number, in the order in which they sort.
 *
 * @throws DL_DATA_UNREADABLE, DL_LABELS_UNSUITABLE
 */
export async function surveyLabels(file: string, column: string): Promise<MultiLabel> {
  const labelsIn = labelCells({ file, column, isJson: await hasJsonLines(file) });
  const labels = new Set<string>();
  for await (const { cells, line } of readRecords(file, true))
    for (const label of labelsIn(cells[column] ?? '', line)) labels.add(label);
  if (labels.size === 0) throw unsuitable(column, 'has no label in any row');
  if (labels.size > LABELS_AT_MOST.words)
    throw unsuitable(column, `has more than ${LABELS_AT_MOST.words} different labels`);
  return { kind: 'multi-label', labels: [...labels].sort((a, b) => (a < b ? -1 : 1)) };
}
