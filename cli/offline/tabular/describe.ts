import { DriftloopError } from '../../../domain/errors.ts';
import type { AnyModel } from '../../../domain/model-config.ts';
import { inferModel } from '../../data/infer-config.ts';
import type { LeftOut } from '../../data/infer-config.ts';
import { checkColumns, headerOf } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';
import { featureNameOf } from '../../data/cells.ts';
import type { Declared } from '../declared-model.ts';
import type { DataOptions, Described } from '../offline-task.ts';

/** What the column of labels is called where nobody names one. */
const USUAL_LABELS: readonly string[] = ['label'];

/** The model of a config, or the one that the columns of the training file suggest. */
export async function describeTabular(options: DataOptions, declared: Declared | null): Promise<Described> {
  const { train } = options;
  const header = await headerOf(train);
  const columns = columnsOf(train, header, options);
  if (declared !== null) {
    if (declared.model.task.kind === 'generation') throw notOfRows(declared);
    const leftOut = undeclared(declared, header, columns);
    return { model: declared.model, columns, leftOut, notes: [sayDeclared(declared)] };
  }
  const { leftOut, ...model } = await inferModel(train, columns);
  const { input, task } = model;
  const note = `Read out of the file: ${Object.keys(input).length} columns, and ${sayTask(task, columns.label)}.`;
  return { model, columns, leftOut, notes: [note] };
}

const notOfRows = ({ model: { name }, file }: Declared) =>
  new DriftloopError('DL_TASK_UNFIT', `${name} in ${file} writes answers to prompts; a table has none.`, {
    fix: 'Leave out --task, or declare a classification or a regression.',
  });

export const sayDeclared = ({ model, file }: Declared): string =>
  `Labels and columns are those of ${model.name} in ${file}.`;

const sayTask = (task: AnyModel['task'], label: string): string =>
  task.kind === 'classification'
    ? `${task.labels.length} labels in "${label}"`
    : `many different numbers in "${label}", so that it learns a number (regression)`;

/** Columns of a file that a config says nothing of. */
export const undeclared = (
  { model }: Declared,
  header: readonly string[],
  { label, time, entity, ignore = [] }: Columns,
): LeftOut[] =>
  header
    .filter((column) => ![label, time, entity, ...ignore].includes(column))
    .filter((column) => !Object.hasOwn(model.input, featureNameOf(column)))
    .map((column) => ({ column, because: 'the config does not declare it' }));

/** @param usual what a column of labels is called where nobody names one */
export function columnsOf(
  file: string,
  header: readonly string[],
  options: DataOptions,
  usual = USUAL_LABELS,
): Columns {
  const { time, entity, ignore } = options;
  const label = options.label ?? usual.find((name) => header.includes(name));
  if (label === undefined)
    throw new DriftloopError('DL_LABEL_UNNAMED', `Nothing says which column of ${file} is the label.`, {
      fix: `Name it with --label COLUMN; the columns are ${header.join(', ')}.`,
    });
  const others = {
    ...(time === undefined ? {} : { time }),
    ...(entity === undefined ? {} : { entity }),
    ...(ignore === undefined ? {} : { ignore }),
  };
  if (time !== undefined && entity !== undefined)
    throw new DriftloopError(
      'DL_OPTION_INVALID',
      `--time ${time} and --entity ${entity} ask for two validations.`,
      {
        fix: 'Say --time where production asks about later rows, or --entity where it asks about others.',
      },
    );
  checkColumns(file, header, [label, ...Object.values(others).flat()]);
  return { label, ...others };
}
