import type { InputRow } from '../../domain/input.ts';
import { openInstances, openRows } from '../data/read-rows.ts';
import type { Described, Example } from './offline-task.ts';
import { labelledModel } from './row-model.ts';
import { timesOf } from './times.ts';

/** Labelled rows of a file, with their times where a column has them. */
export async function readExamples(
  file: string,
  { model, columns }: Pick<Described, 'model' | 'columns'>,
): Promise<Example<InputRow>[]> {
  const rows = [];
  for await (const row of (await openRows(file, labelledModel(model), columns)).rows()) rows.push(row);
  const at = columns.time === undefined ? null : timesOf(file, columns.time, rows);
  return rows.map(({ input, label, labels, line, entity }, i) => ({
    input,
    label,
    labels,
    line,
    at: at?.[i] ?? null,
    ...(entity === undefined ? {} : { entity }),
  }));
}

/** Rows that nobody has labelled, one by one. */
export async function* readInstances(file: string, model: Described['model']): AsyncIterable<InputRow> {
  for await (const { input } of (await openInstances(file, labelledModel(model))).rows()) yield input;
}
