import path from 'node:path';
import { inferConfig } from '../../../cli/data/infer-config.ts';
import type { Columns } from '../../../cli/data/records.ts';
import { openCsv } from '../../../cli/demo/streams/csv.ts';
import type { InputRow } from '../../../domain/input.ts';
import type { ModelConfig } from '../../../domain/model-config.ts';
import { labelsOfTask } from '../../../domain/task.ts';

/** A file in memory: what the replay trains on and answers. */
export type Table = Readonly<{
  /** The file's base name. */
  name: string;
  model: ModelConfig;
  rows: readonly InputRow[];
  labels: readonly string[];
  /** Index of each row's label in the model's labels. */
  codes: Int32Array;
}>;

/** Reads a CSV file in its order; numbers, few words as categories, labels as they sort. */
export async function readTable(file: string, columns: Columns): Promise<Table> {
  const { config } = await inferConfig(file, columns);
  const model = config.models[0]!;
  const stream = await openCsv(file, model, columns);
  const rows: InputRow[] = [];
  const labels: string[] = [];
  for await (const { row, label } of stream.rows()) {
    rows.push(row);
    labels.push(label);
  }
  const index = new Map(labelsOfTask(model.task).map((label, i) => [label, i]));
  return {
    name: path.basename(file),
    model,
    rows,
    labels,
    codes: Int32Array.from(labels, (label) => index.get(label)!),
  };
}
