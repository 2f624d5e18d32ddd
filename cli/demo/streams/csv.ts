import { createReadStream, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse';
import { DriftloopError } from '../../../domain/errors.ts';
import type { ModelConfig } from '../../../domain/model-config.ts';
import { labelOf } from '../../../domain/task.ts';
import { featureNameOf, valueOf } from './cells.ts';
import type { Stream, StreamRow } from './stream.ts';

/** Columns of a file: which one is the label, which one is a time, which ones to leave out. */
export type Columns = Readonly<{ label: string; time?: string; ignore?: readonly string[] }>;

/** Records of a CSV file with a header, one by one, each with the line on which it ends. */
export async function* readRecords(
  file: string,
): AsyncIterable<{ cells: Readonly<Record<string, string>>; line: number }> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new DriftloopError('DL_DATA_MISSING', `There is no file ${path.resolve(file)}.`, {
      fix: 'Name a CSV file with a header: --data FILE.csv --label COLUMN.',
    });
  }
  const parser = createReadStream(file).pipe(
    parse({ columns: true, bom: true, trim: true, skip_empty_lines: true, info: true }),
  );
  try {
    for await (const entry of parser) {
      const { record, info } = entry as { record: Record<string, string>; info: { lines: number } };
      yield { cells: record, line: info.lines };
    }
  } catch (cause) {
    if (cause instanceof DriftloopError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DriftloopError('DL_DATA_UNREADABLE', `${file} is no regular CSV file: ${message}`, {
      fix: 'Give a file with one header line and the same number of columns in every line.',
      cause,
    });
  }
}

/** The names in the header of a file. */
export async function headerOf(file: string): Promise<string[]> {
  for await (const { cells } of readRecords(file)) return Object.keys(cells);
  throw new DriftloopError('DL_DATA_EMPTY', `${file} has no rows.`, {
    fix: 'Give a CSV file with a header line and at least one row.',
  });
}

/** Every column that is asked for stands in the header, or an error names those that do not. */
export function checkColumns(file: string, header: readonly string[], asked: readonly string[]): void {
  const absent = asked.filter((column) => !header.includes(column));
  if (absent.length === 0) return;
  throw new DriftloopError(
    'DL_COLUMN_MISSING',
    `${file} has no column ${absent.map((c) => `"${c}"`).join(', ')}.`,
    { fix: `Its columns are ${header.join(', ')}.` },
  );
}

/** The column of each declared feature. */
function columnsOfFeatures(file: string, header: readonly string[], model: ModelConfig, columns: Columns) {
  const usable = header.filter(
    (c) => c !== columns.label && c !== columns.time && !columns.ignore?.includes(c),
  );
  const byName = new Map(usable.map((column) => [featureNameOf(column), column]));
  checkColumns(
    file,
    usable,
    Object.keys(model.input).filter((feature) => !byName.has(feature)),
  );
  return Object.entries(model.input).map(([name, feature]) => ({ name, feature, column: byName.get(name)! }));
}

/**
 * A CSV file as a stream for a model: in the order of the file, columns mapped to the declared input, codes to labels.
 * The whole file is read once first, so that a mistake on its last line is reported before anything starts.
 *
 * @throws DL_DATA_MISSING, DL_DATA_EMPTY, DL_DATA_UNREADABLE, DL_COLUMN_MISSING, DL_UNKNOWN_LABEL, DL_NOT_A_NUMBER
 */
export async function openCsv(file: string, model: ModelConfig, columns: Columns): Promise<Stream> {
  const header = await headerOf(file);
  const named = [columns.label, ...(columns.time ? [columns.time] : []), ...(columns.ignore ?? [])];
  checkColumns(file, header, named);
  const features = columnsOfFeatures(file, header, model, columns);

  async function* rows(): AsyncIterable<StreamRow> {
    let index = 0;
    for await (const { cells, line } of readRecords(file)) {
      const raw = cells[columns.label]!;
      const label = labelOf(model.task, raw);
      if (label === undefined) throw unknownLabel(file, line, columns.label, raw, model);
      const row = Object.fromEntries(
        features.map(({ name, feature, column }) => [
          name,
          valueOf(feature, cells[column]!, { column, line }),
        ]),
      );
      yield { index, row, label };
      index += 1;
    }
  }

  let length = 0;
  for await (const row of rows()) length = row.index + 1;
  return { title: path.basename(file), length, driftAtRows: null, seed: null, rows };
}

const unknownLabel = (file: string, line: number, column: string, raw: string, { task }: ModelConfig) =>
  new DriftloopError(
    'DL_UNKNOWN_LABEL',
    `${file}, line ${line}: "${raw}" in column "${column}" is not one of the labels ${task.labels.join(', ')}` +
      (task.codes ? ` nor a code (${Object.keys(task.codes).join(', ')}).` : '.'),
    {
      fix: `Add it to task.labels or map it in task.codes of the config, or name another column with --label.`,
    },
  );
