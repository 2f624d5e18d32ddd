import { DriftloopError } from '../../domain/errors.ts';
import { LABEL_SEPARATOR } from '../../domain/task.ts';
import { isMissing } from './cells.ts';
import { hasJsonLines, readRecords } from './records.ts';

/** Reads what stands in a cell for the labels of a row, each as it is written there. */
export type LabelCells = (cell: string, line: number) => string[];

type Column = { file: string; column: string; isJson: boolean };

/**
 * How the labels of rows are read that may have any number of them: as JSON lists, or with a separator between them, in
 * one way from the first row to the last. No labels are an empty list, or the separator alone: a blank cell says nothing.
 *
 * @returns throws DL_DATA_UNREADABLE for a cell that is written otherwise
 */
export function labelCells({ file, column, isJson }: Column): LabelCells {
  let way: Way | null = null;
  return (cell, line) => {
    const refuse: Refuse = (why, fix) => {
      throw new DriftloopError('DL_DATA_UNREADABLE', `${file}, line ${line}: ${why}.`, { fix });
    };
    const list = isJson ? listIn(cell, column, refuse) : null;
    if (list === null && isMissing(cell)) return refuse(`"${column}" is blank`, none(isJson));
    const here: Way = list === null ? 'words' : 'lists';
    way ??= here;
    if (here !== way)
      refuse(
        `"${column}" is ${said[here]} here, and ${said[way]} in the rows before`,
        'Write the labels of all rows as lists: ["a", "b"], and [] for none.',
      );
    return list ?? wordsIn(cell, column, refuse);
  };
}

type Way = 'lists' | 'words';
type Refuse = (why: string, fix: string) => never;

const said: Readonly<Record<Way, string>> = { lists: 'a list', words: 'a single value' };

const none = (isJson: boolean) =>
  `Write ${isJson ? '[]' : `"${LABEL_SEPARATOR}"`} where a row has no label, or leave the row out.`;

/** Null where it is no list. */
function listIn(cell: string, column: string, refuse: Refuse): string[] | null {
  if (!/^[[{]/.test(cell)) return null;
  const value = parsed(cell);
  if (!Array.isArray(value))
    return typeof value === 'object'
      ? refuse(`"${column}" is an object, not a list of labels`, 'Write it as a list: ["a", "b"].')
      : null;
  return value.map((label: unknown) => {
    if (!['string', 'number', 'boolean'].includes(typeof label))
      return refuse(
        `${JSON.stringify(label)} in "${column}" is no label`,
        'Write labels as words: ["a", "b"], and [] for none.',
      );
    const text = String(label).trim();
    if (text === '') return refuse(`"${column}" has a blank label`, 'Leave it out; write [] for none.');
    if (text.includes(LABEL_SEPARATOR))
      return refuse(
        `the label "${text}" in "${column}" has a "${LABEL_SEPARATOR}", which stands between labels in a file`,
        'Call it otherwise.',
      );
    return text;
  });
}

/** A text that begins like JSON may be none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wordsIn(cell: string, column: string, refuse: Refuse): string[] {
  if (cell.trim() === LABEL_SEPARATOR) return [];
  return cell
    .split(LABEL_SEPARATOR)
    .map((word) => word.trim())
    .map((word) =>
      word === ''
        ? refuse(
            `"${cell}" in "${column}" has a blank label`,
            `Write "${LABEL_SEPARATOR}" between two labels only: a${LABEL_SEPARATOR}b.`,
          )
        : word,
    );
}

/** Whether the first row of a file has a list in this column. */
export async function beginsWithList(file: string, column: string): Promise<boolean> {
  if (!(await hasJsonLines(file))) return false;
  for await (const { cells } of readRecords(file, true)) return Array.isArray(parsed(cells[column] ?? ''));
  return false;
}
