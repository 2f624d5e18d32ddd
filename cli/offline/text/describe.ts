import { DriftloopError } from '../../../domain/errors.ts';
import { LABEL_SEPARATOR } from '../../../domain/task.ts';
import type { Classification, MultiLabel } from '../../../domain/task.ts';
import { featureNameOf } from '../../data/cells.ts';
import { LABELS_AT_MOST, modelNameFrom, taskFrom } from '../../data/infer-config.ts';
import { profileColumns } from '../../data/profile-columns.ts';
import { beginsWithList } from '../../data/label-cells.ts';
import { headerOf } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';
import { surveyLabels } from '../../data/survey-labels.ts';
import type { DataOptions, Described } from '../offline-task.ts';
import type { Declared } from '../declared-model.ts';
import { columnsOf, sayDeclared, undeclared } from '../tabular/describe.ts';

/** The column that is the text where there are several. */
const USUAL_TEXT = 'text';
const USUAL_LABELS = ['label', 'labels'];

/** The model that a file of texts and labels suggests. */
export async function describeText(options: DataOptions, declared: Declared | null): Promise<Described> {
  const { train } = options;
  // Which values may be lists is seen when they are read.
  const header = await headerOf(train, true);
  const columns = columnsOf(train, header, options, USUAL_LABELS);
  if (declared !== null) return describeDeclared(declared, header, columns, options);
  const aside = [columns.label, columns.time, columns.entity, ...(columns.ignore ?? [])];
  const rest = header.filter((column) => !aside.includes(column));
  const text = rest.includes(USUAL_TEXT) ? USUAL_TEXT : rest[0];
  if (text === undefined || (text !== USUAL_TEXT && rest.length > 1)) throw unclearText(train, rest);
  const isMany = options.multiLabel === true || (await beginsWithList(train, columns.label));
  const task = isMany ? await surveyLabels(train, columns.label) : await labelsOf(train, columns.label);
  return {
    model: { name: modelNameFrom(train), task, input: { [featureNameOf(text)]: { kind: 'text' } } },
    columns,
    leftOut: rest
      .filter((column) => column !== text)
      .map((column) => ({ column, because: `only the text in "${text}" is read` })),
    notes: [
      `Texts are those of column "${text}"; ${task.labels.length} labels were read out of the file${isMany ? ', and a text may have any number of them' : ''}.`,
      ...sayUndivided(task),
    ],
  };
}

async function labelsOf(file: string, column: string): Promise<Classification> {
  const profile = (await profileColumns(file, [column], LABELS_AT_MOST.words + 1)).get(column)!;
  const task = taskFrom(profile, column);
  if (task.kind === 'classification') return task;
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `Column "${column}" is a quantity; texts are told apart by labels.`,
    {
      fix: 'Name a column with a few different words: --label COLUMN.',
    },
  );
}

/** What looks like several labels in one cell was taken for one; where a text may have many, no label looks so. */
function sayUndivided({ labels }: Classification | MultiLabel): string[] {
  const divided = labels.find((label) => label.includes(LABEL_SEPARATOR));
  return divided === undefined
    ? []
    : [
        `"${divided}" is taken for one label; where "${LABEL_SEPARATOR}" stands between several, say --multi-label.`,
      ];
}

/** What a config says: one text, told apart by labels, or given any number of them. */
function describeDeclared(
  declared: Declared,
  header: readonly string[],
  columns: Columns,
  { multiLabel }: DataOptions,
): Described {
  const { name, task, input } = declared.model;
  const others = Object.entries(input).filter(([, { kind }]) => kind !== 'text');
  const texts = Object.keys(input).length - others.length;
  if (multiLabel === true && task.kind !== 'multi-label')
    throw new DriftloopError(
      'DL_OPTION_INVALID',
      `--multi-label is not what ${declared.file} says: ${name} is a ${task.kind}.`,
      { fix: 'Leave it out, or declare task: multiLabel({ labels }) in the config.' },
    );
  if (!('labels' in task) || texts !== 1 || others.length > 0)
    throw new DriftloopError(
      'DL_TASK_UNFIT',
      `${name} in ${declared.file} is a ${task.kind} of ${texts} texts and ${others.length} other columns.`,
      { fix: 'Declare one text() as input, and a classification or multiLabel() as task.' },
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
