import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { AnyModel } from '../../domain/model-config.ts';
import { labelOf } from '../../domain/task.ts';
import type { Classification } from '../../domain/task.ts';
import { featureNameOf, valueOf } from './cells.ts';
import { checkColumns, headerOf, readRecords } from './records.ts';
import type { Columns } from './records.ts';

type Model = Pick<AnyModel, 'task' | 'input'>;

/** A row of a file as a model sees it. */
export type DataRow = {
  input: InputRow;
  /** A declared label, or the text of a number. */
  label: string;
  /** What stands in the time column; null where none is named. */
  time: string | null;
  /** What stands in the column of entities; left out where none is named. */
  entity?: string;
  line: number;
};

/** Reads the rows of a file for a model, as often as asked, in the order of the file. */
export type RowReader<Row> = { header: readonly string[]; rows(): AsyncIterable<Row> };

/**
 * Opens a file of labelled rows: columns are mapped to the declared input, codes to labels.
 *
 * @param nested as for `readRecords`
 * @throws DL_DATA_MISSING, DL_DATA_EMPTY, DL_DATA_UNREADABLE, DL_COLUMN_MISSING; while reading DL_UNKNOWN_LABEL,
 * DL_NOT_A_NUMBER
 */
export async function openRows(
  file: string,
  model: Model,
  columns: Columns,
  nested = false,
): Promise<RowReader<DataRow>> {
  const header = await headerOf(file, nested);
  checkColumns(file, header, [
    columns.label,
    ...(columns.time ? [columns.time] : []),
    ...(columns.entity ? [columns.entity] : []),
    ...(columns.ignore ?? []),
  ]);
  const inputOf = inputReader(file, header, model, columns);
  async function* rows(): AsyncIterable<DataRow> {
    for await (const { cells, line } of readRecords(file, nested)) {
      const label = truthOf(model, cells[columns.label] ?? '', { file, line, column: columns.label });
      const time = columns.time === undefined ? null : (cells[columns.time] ?? '');
      const entity = columns.entity === undefined ? {} : { entity: cells[columns.entity] ?? '' };
      yield { input: inputOf(cells, line), label, time, ...entity, line };
    }
  }
  return { header, rows };
}

/** Opens a file of rows that nobody has labelled. Throws what `openRows` throws, but for labels. */
export async function openInstances(
  file: string,
  model: Model,
  nested = false,
): Promise<RowReader<Omit<DataRow, 'label'>>> {
  const header = await headerOf(file, nested);
  const inputOf = inputReader(file, header, model, {});
  async function* rows() {
    for await (const { cells, line } of readRecords(file, nested))
      yield { input: inputOf(cells, line), time: null, line };
  }
  return { header, rows };
}

/** Finds the column of each declared feature once, and reads rows by them. */
function inputReader(
  file: string,
  header: readonly string[],
  model: Model,
  { label, time, ignore }: Partial<Columns>,
): (cells: Readonly<Record<string, string>>, line: number) => InputRow {
  const usable = header.filter((c) => c !== label && c !== time && !ignore?.includes(c));
  const byName = new Map(usable.map((column) => [featureNameOf(column), column]));
  checkColumns(
    file,
    usable,
    Object.keys(model.input).filter((feature) => !byName.has(feature)),
  );
  const features = Object.entries(model.input).map(([name, feature]) => ({
    name,
    feature,
    column: byName.get(name)!,
  }));
  return (cells, line) =>
    Object.fromEntries(
      features.map(({ name, feature, column }) => [
        name,
        valueOf(feature, cells[column] ?? '', { column, line }),
      ]),
    );
}

type Place = { file: string; line: number; column: string };

/** What a row is, as its model says it. */
function truthOf({ task }: Model, raw: string, at: Place): string {
  if (task.kind === 'regression') return String(valueOf({ kind: 'number' }, raw, at) ?? missingNumber(at));
  const label = labelOf(task, raw);
  if (label === undefined) throw unknownLabel(at, raw, task);
  return label;
}

function missingNumber({ file, line, column }: Place): never {
  throw new DriftloopError('DL_NOT_A_NUMBER', `${file}, line ${line}: column "${column}" is empty.`, {
    fix: 'Leave out the rows without a number in that column.',
  });
}

const unknownLabel = ({ file, line, column }: Place, raw: string, task: Classification) =>
  new DriftloopError(
    'DL_UNKNOWN_LABEL',
    `${file}, line ${line}: "${raw}" in column "${column}" is not one of the labels ${sayLabels(task.labels)}` +
      (task.codes ? ` nor a code (${Object.keys(task.codes).join(', ')}).` : '.'),
    {
      fix: 'Correct the file, name another column with --label, or, where a config declares the labels, add it to task.labels or task.codes.',
    },
  );

const LABELS_SAID = 20;
const sayLabels = (labels: readonly string[]): string =>
  labels.slice(0, LABELS_SAID).join(', ') +
  (labels.length > LABELS_SAID ? ` and ${labels.length - LABELS_SAID} more` : '');
