import path from 'node:path';
import { textOfLabels } from '../../../domain/answer-text.ts';
import type { ModelConfig } from '../../../domain/model-config.ts';
import { openRows } from '../../data/read-rows.ts';
import type { Columns } from '../../data/records.ts';
import type { Stream, StreamRow } from './stream.ts';

/**
 * A data file as a stream for a model: in the order of the file, columns mapped to the declared input, codes to labels.
 * The whole file is read once first, so that a mistake on its last line is reported before anything starts.
 *
 * @throws DL_DATA_MISSING, DL_DATA_EMPTY, DL_DATA_UNREADABLE, DL_COLUMN_MISSING, DL_UNKNOWN_LABEL, DL_NOT_A_NUMBER
 */
export async function openCsv(file: string, model: ModelConfig, columns: Columns): Promise<Stream> {
  const { task } = model;
  if (task.kind === 'generation') throw new Error(`${model.name} is asked prompts`);
  const reader = await openRows(file, { ...model, task }, columns);
  // Labels as the loop keeps them.
  const kept = ({ label, labels }: { label: string; labels: readonly string[] }) =>
    task.kind === 'multi-label' ? textOfLabels(task, labels)! : label;
  async function* rows(): AsyncIterable<StreamRow> {
    let index = 0;
    for await (const { input, ...truth } of reader.rows()) {
      yield { index, row: input, label: kept(truth) };
      index += 1;
    }
  }
  let length = 0;
  for await (const row of rows()) length = row.index + 1;
  return { title: path.basename(file), length, driftAtRows: null, seed: null, rows };
}
