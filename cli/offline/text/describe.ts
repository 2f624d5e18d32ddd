import { DriftloopError } from '../../../domain/errors.ts';
import { featureNameOf } from '../../data/cells.ts';
import { LABELS_AT_MOST, modelNameFrom, taskFrom } from '../../data/infer-config.ts';
import { profileColumns } from '../../data/profile-columns.ts';
import { headerOf } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';
import type { DataOptions, Described } from '../offline-task.ts';
import type { Declared } from '../declared-model.ts';
import { columnsOf, sayDeclared, undeclared } from '../tabular/describe.ts';

/** The column that is the text where there are several. */
const USUAL_TEXT = 'text';

/** The model that a file of texts and labels suggests. */
export async function describeText(options: DataOptions, declared: Declared | null): Promise<Described> {
  const { train } = options;
  const header = await headerOf(train);
  const columns = columnsOf(train, header, options);
  if (declared !== null) return describeDeclared(declared, header, columns);
  const aside = [columns.label, columns.time, columns.entity, ...(columns.ignore ?? [])];
  const rest = header.filter((column) => !aside.includes(column));
  const text = rest.includes(USUAL_TEXT) ? USUAL_TEXT : rest[0];
  if (text === undefined || (text !== USUAL_TEXT && rest.length > 1)) throw unclearText(train, rest);
  const profile = (await profileColumns(train, header, LABELS_AT_MOST.words + 1)).get(columns.label)!;
  const task = taskFrom(profile, columns.label);
  if (task.kind !== 'classification')
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `Column "${columns.label}" is a quantity; texts are told apart by labels.`,
      {
        fix: 'Name a column with a few different words: --label COLUMN.',
      },
    );
  return {
    model: { name: modelNameFrom(train), task, input: { [featureNameOf(text)]: { kind: 'text' } } },
    columns,
    leftOut: rest
      .filter((column) => column !== text)
      .map((column) => ({ column, because: `only the text in "${text}" is read` })),
    notes: [`Texts are those of column "${text}"; ${task.labels.length} labels were read out of the file.`],
  };
}

/** What a config says: one text, told apart by labels. */
function describeDeclared(declared: Declared, header: readonly string[], columns: Columns): Described {
  const { name, task, input } = declared.model;
  const others = Object.entries(input).filter(([, { kind }]) => kind !== 'text');
  const texts = Object.keys(input).length - others.length;
  if (task.kind !== 'classification' || texts !== 1 || others.length > 0)
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `${name} in ${declared.file} is a ${task.kind} of ${texts} texts and ${others.length} other columns.`,
      { fix: 'Declare one text() as input, and a classification as task.' },
    );
  return {
    model: { name, task, input },
    columns,
    leftOut: undeclared(declared, header, columns),
    notes: [sayDeclared(declared)],
  };
}

const unclearText = (file: string, rest: readonly string[]) =>
  rest.length === 0
    ? new DriftloopError('DL_NO_FEATURES', `${file} has no column beside the label.`, {
        fix: 'Give a file with a column of texts.',
      })
    : new DriftloopError('DL_OPTION_MISSING', `Nothing says which column of ${file} is the text.`, {
        fix: `Call it "${USUAL_TEXT}", or leave the others out with --ignore; they are ${rest.join(', ')}.`,
      });
