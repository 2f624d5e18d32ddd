import { DriftloopError } from '../../../domain/errors.ts';
import type { AnyModel, FineTune } from '../../../domain/model-config.ts';
import { inferModel } from '../../data/infer-config.ts';
import type { LeftOut } from '../../data/infer-config.ts';
import { checkColumns, headerOf } from '../../data/records.ts';
import type { Columns } from '../../data/records.ts';
import { featureNameOf } from '../../data/cells.ts';
import { loadModels } from '../../load-config.ts';
import type { DataOptions, Described } from '../offline-task.ts';

/** The column that is the label where nobody names one. */
const USUAL_LABEL = 'label';

/** The model of a config, or the one that the columns of the training file suggest. */
export async function describeTabular(options: DataOptions): Promise<Described> {
  const { train, config } = options;
  const header = await headerOf(train);
  const columns = columnsOf(train, header, options);
  const { model, fineTune, leftOut } =
    config === undefined
      ? await inferred(train, columns)
      : await declared(config, options.model, header, columns);
  const { name, task, input } = model;
  return {
    model: { name, task, input },
    columns,
    fineTune,
    leftOut,
    notes: [
      config === undefined
        ? `Read out of the file: ${Object.keys(input).length} columns, and ${sayTask(task, columns.label)}.`
        : `Labels and columns are those of ${name} in ${config}.`,
    ],
  };
}

const sayTask = (task: AnyModel['task'], label: string): string =>
  task.kind === 'classification'
    ? `${task.labels.length} labels in "${label}"`
    : `many different numbers in "${label}", so that it learns a number (regression)`;

type Found = {
  model: Pick<AnyModel, 'name' | 'task' | 'input'>;
  fineTune: FineTune | null;
  leftOut: LeftOut[];
};

async function inferred(train: string, columns: Columns): Promise<Found> {
  const { leftOut, ...model } = await inferModel(train, columns);
  return { model, fineTune: null, leftOut };
}

async function declared(
  file: string,
  name: string | undefined,
  header: readonly string[],
  columns: Columns,
): Promise<Found> {
  const model = chooseModel(file, await loadModels(file), name);
  const aside = [columns.label, columns.time, ...(columns.ignore ?? [])];
  const leftOut = header
    .filter((column) => !aside.includes(column) && !Object.hasOwn(model.input, featureNameOf(column)))
    .map((column) => ({ column, because: 'the config does not declare it' }));
  return { model, fineTune: model.fineTune, leftOut };
}

function chooseModel(file: string, models: readonly AnyModel[], name: string | undefined): AnyModel {
  const names = models.map((model) => model.name).join(', ');
  const found = name === undefined ? models[0]! : models.find((model) => model.name === name);
  if (found === undefined)
    throw new DriftloopError('DL_UNKNOWN_MODEL', `${file} declares no model "${name}".`, {
      fix: `It declares ${names}.`,
    });
  if (name === undefined && models.length > 1)
    throw new DriftloopError('DL_OPTION_MISSING', `${file} declares ${models.length} models: ${names}.`, {
      fix: 'Say which one with --model NAME.',
    });
  return found;
}

export function columnsOf(file: string, header: readonly string[], options: DataOptions): Columns {
  const { time, ignore } = options;
  const label = options.label ?? (header.includes(USUAL_LABEL) ? USUAL_LABEL : undefined);
  if (label === undefined)
    throw new DriftloopError('DL_LABEL_UNNAMED', `Nothing says which column of ${file} is the label.`, {
      fix: `Name it with --label COLUMN; the columns are ${header.join(', ')}.`,
    });
  checkColumns(file, header, [label, ...(time === undefined ? [] : [time]), ...(ignore ?? [])]);
  return { label, ...(time === undefined ? {} : { time }), ...(ignore === undefined ? {} : { ignore }) };
}
