import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { AnyModel } from '../../domain/model-config.ts';
import { labelOf, LABEL_SEPARATOR } from '../../domain/task.ts';
import type { Classification, MultiLabel, Task } from '../../domain/task.ts';
import { featureNameOf, valueOf } from './cells.ts';
import { labelCells } from './label-cells.ts';
import type { LabelCells } from './label-cells.ts';
import { checkColumns, hasJsonLines, headerOf, readRecords } from './records.ts';
import type { Columns, Nested } from './records.ts';

type Model = Pick<AnyModel, 'input'> & { task: Task | MultiLabel };

/** A row of a file as a model sees it. */
export type DataRow = Truth & {
  input: InputRow;
  /** What stands in the time column; null where none is named. */
  time: string | null;
  /** What stands in the column of entities; left out where none is named. */
  entity?: string;
  line: number;
};

/** What a row is. */
export type Truth = {
  /** In a word, the same for rows that are the same: its label, its labels as a CSV has them, the text of a number. */
  label: string;
  /** The declared labels that it has, in their order; none where it has a number. */
  labels: readonly string[];
};

/** Reads the rows of a file for a model, as often as asked, in the order of the file. */
export type RowReader<Row> = { header: readonly string[]; rows(): AsyncIterable<Row> };

/**
 * Opens a file of labelled rows: columns are mapped to the declared input, codes to labels.
 *
 * @param nested whether features may be lists and objects
 * @throws DL_DATA_MISSING, DL_DATA_EMPTY, DL_DATA_UNREADABLE, DL_COLUMN_MISSING; while reading DL_UNKNOWN_LABEL,
 * DL_NOT_A_NUMBER
 */
export async function openRows(
  file: string,
  model: Model,
  columns: Columns,
  nested = false,
): Promise<RowReader<DataRow>> {
  const mayNest = nestedIn(model, nested);
  const header = await headerOf(file, mayNest);
  checkColumns(file, header, [
    columns.label,
    ...(columns.time ? [columns.time] : []),
    ...(columns.entity ? [columns.entity] : []),
    ...(columns.ignore ?? []),
  ]);
  const inputOf = inputReader(file, header, model, columns);
  const isJson = await hasJsonLines(file);
  async function* rows(): AsyncIterable<DataRow> {
    const truthOf = truthReader(model, { file, column: columns.label, isJson });
    for await (const { cells, line } of readRecords(file, mayNest)) {
      const truth = truthOf(cells[columns.label] ?? '', line);
      const time = columns.time === undefined ? null : (cells[columns.time] ?? '');
      const entity = columns.entity === undefined ? {} : { entity: cells[columns.entity] ?? '' };
      yield { input: inputOf(cells, line), ...truth, time, ...entity, line };
    }
  }
  return { header, rows };
}

/** Opens a file of rows that nobody has labelled. Throws what `openRows` throws, but for labels. */
export async function openInstances(
  file: string,
  model: Model,
  nested = false,
): Promise<RowReader<Omit<DataRow, keyof Truth>>> {
  const mayNest = nestedIn(model, nested);
  const header = await headerOf(file, mayNest);
  const inputOf = inputReader(file, header, model, {});
  async function* rows() {
    for await (const { cells, line } of readRecords(file, mayNest))
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

/** Where a row may have any number of labels, they may be a list; what is no feature is passed over, whatever it is. */
const nestedIn = ({ task, input }: Model, nested: boolean): Nested =>
  nested || (task.kind === 'multi-label' && ((column) => !Object.hasOwn(input, featureNameOf(column))));

type Place = { file: string; line: number; column: string };

/** What a row is, as its model says it. */
function truthReader(
  { task }: Model,
  { file, column, isJson }: { file: string; column: string; isJson: boolean },
): (cell: string, line: number) => Truth {
  switch (task.kind) {
    case 'classification':
      return (cell, line) => {
        const label = known(task, cell, { file, line, column });
        return { label, labels: [label] };
      };
    case 'multi-label':
      return someOf(task, { file, column }, labelCells({ file, column, isJson }));
    case 'regression':
      return (cell, line) => {
        const at = { file, line, column };
        return { label: String(valueOf({ kind: 'number' }, cell, at) ?? missingNumber(at)), labels: [] };
      };
    default:
      return task satisfies never;
  }
}

/** Whatever the order in which they stand in the file, and however often. */
const someOf =
  (task: MultiLabel, { file, column }: Omit<Place, 'line'>, labelsIn: LabelCells) =>
  (cell: string, line: number): Truth => {
    const has = new Set(labelsIn(cell, line).map((raw) => known(task, raw, { file, line, column })));
    const labels = task.labels.filter((label) => has.has(label));
    return { label: labels.join(LABEL_SEPARATOR) || LABEL_SEPARATOR, labels };
  };

function known(task: Classification | MultiLabel, raw: string, at: Place): string {
  const label = labelOf(task, raw);
  if (label === undefined) throw unknownLabel(at, raw, task);
  return label;
}

function missingNumber({ file, line, column }: Place): never {
  throw new DriftloopError('DL_NOT_A_NUMBER', `${file}, line ${line}: column "${column}" is empty.`, {
    fix: 'Leave out the rows without a number in that column.',
  });
}

const unknownLabel = ({ file, line, column }: Place, raw: string, task: Classification | MultiLabel) =>
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
