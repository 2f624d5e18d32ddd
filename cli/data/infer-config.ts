import path from 'node:path';
import { parseConfig } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { readsText } from '../../domain/input.ts';
import type { Feature } from '../../domain/input.ts';
import type { AnyModel, DriftloopConfig } from '../../domain/model-config.ts';
import type { Task } from '../../domain/task.ts';
import { sayWriting } from './cell-writing.ts';
import { featureNameOf } from './cells.ts';
import { nth } from './nth.ts';
import { profileColumns } from './profile-columns.ts';
import type { ColumnProfile } from './profile-columns.ts';
import { checkColumns, headerOf, type Columns } from './records.ts';

/** More different words than that in a column of text are names or sentences, not a category. */
const CATEGORY_VALUES_AT_MOST = 50;
/** Of a free text, on average: names, codes and dates have fewer with a letter in them. */
const WORDS_OF_A_TEXT = 3;
/** More different labels than that are no labels; numbers are a quantity long before. */
export const LABELS_AT_MOST = { numbers: 50, words: 1_000 };

/** A column that could not be used, with the reason. */
export type LeftOut = { column: string; because: string };

/** A config for a file that nobody has described, and what was not used of it. */
export type InferredConfig = { config: DriftloopConfig; leftOut: LeftOut[] };

/** A model for such a file. */
export type InferredModel = Pick<AnyModel, 'name' | 'task' | 'input'> & { leftOut: LeftOut[] };

/** Infers a config of a classification, which the loop can serve. Throws what `inferModel` throws. */
export async function inferConfig(file: string, columns: Columns): Promise<InferredConfig> {
  const { leftOut, ...model } = await inferModel(file, columns);
  if (model.task.kind !== 'classification')
    throw unsuitable(columns.label, `has more than ${LABELS_AT_MOST.numbers} different values`);
  return { config: parseConfig({ models: [model] }), leftOut };
}

/**
 * Infers a model from a file: numbers, categories with few values, free texts, labels in the order in which they sort;
 * where the label has many different numbers, a regression. A column that only counts or names the rows is left out: what a model
 * learns from it is wrong for every row to come.
 *
 * @throws DL_COLUMN_MISSING, DL_LABELS_UNSUITABLE, DL_NO_FEATURES
 */
export async function inferModel(file: string, columns: Columns): Promise<InferredModel> {
  const header = await headerOf(file);
  const { label, time, entity, ignore = [] } = columns;
  const aside = [label, ...(time ? [time] : []), ...(entity ? [entity] : []), ...ignore];
  checkColumns(file, header, aside);
  const profiles = await profileColumns(file, header, LABELS_AT_MOST.words + 1);
  const task = taskFrom(profiles.get(columns.label)!, columns.label);

  const input: Record<string, Feature> = {};
  const leftOut: LeftOut[] = [];
  for (const column of header.filter((c) => !aside.includes(c))) {
    if (column === '') {
      leftOut.push({ column, because: `the ${nth(header.indexOf(column) + 1)} column has no name` });
      continue;
    }
    const feature = featureFrom(column, profiles.get(column)!);
    if (typeof feature === 'string') leftOut.push({ column, because: feature });
    else input[featureNameOf(column)] = feature;
  }
  if (readsText(input))
    throw noFeatures(file, [
      ...leftOut,
      {
        column: Object.keys(input)[0]!,
        because: 'it is a text, which "--task text" of driftloop finetune reads',
      },
    ]);
  if (Object.keys(input).length === 0) throw noFeatures(file, leftOut);
  return { name: modelNameFrom(file), task, input, leftOut };
}

/** What a column is, or in words why it cannot be used. */
function featureFrom(column: string, profile: ColumnProfile): Feature | string {
  if (profile.values.size === 0) return 'it has no values';
  if (profile.countsRows) return 'it counts the rows';
  if (profile.isEachOther && isIdName(column)) return 'it names the rows, one by one';
  if (profile.isNumeric) return { kind: 'number' };
  const isMany = profile.values.size > CATEGORY_VALUES_AT_MOST;
  if (profile.writing !== null && (isMany || profile.isEachOther)) return sayWriting[profile.writing];
  if (isMany) {
    if (profile.words >= WORDS_OF_A_TEXT) return { kind: 'text' };
    return profile.isEachOther
      ? 'it has other words in nearly every row, as names and ids have'
      : `it has more than ${CATEGORY_VALUES_AT_MOST} different words`;
  }
  return { kind: 'category', values: [...profile.values].sort() };
}

/** A column without a name is called by its place, which its reason says. */
export const sayLeftOut = ({ column, because }: LeftOut): string =>
  column === '' ? `Not used: ${because}.` : `"${column}" is not used: ${because}.`;

/** `id`, `user_id`, `userId`, `uuid`; not `humid`. */
const isIdName = (column: string): boolean =>
  /(^|[^A-Za-z])(id|uuid|guid|key)$/i.test(column) || /[a-z](Id|ID|Uuid|UUID)$/.test(column);

export function taskFrom(profile: ColumnProfile, column: string): Task {
  const { isNumeric, missing, rows, values } = profile;
  if (missing > 0) throw unsuitable(column, `is empty in ${missing} of ${rows} rows`);
  if (values.size < 2) throw unsuitable(column, 'has one value only');
  if (isNumeric && values.size > LABELS_AT_MOST.numbers) return { kind: 'regression' };
  const { writing } = profile;
  if (writing !== null && writing !== 'dates' && values.size > LABELS_AT_MOST.numbers)
    throw unsuitable(column, `is a quantity that cannot be read: ${sayWriting[writing]}`);
  if (values.size > LABELS_AT_MOST.words)
    throw unsuitable(column, `has more than ${LABELS_AT_MOST.words} different values`);
  const labels = [...values].sort((a, b) => (isNumeric ? Number(a) - Number(b) : a < b ? -1 : 1));
  return { kind: 'classification', labels };
}

export const unsuitable = (column: string, problem: string) =>
  new DriftloopError('DL_LABELS_UNSUITABLE', `Column "${column}" cannot be the label: it ${problem}.`, {
    fix: 'Name a column with a few different values and no gaps: --label COLUMN.',
  });

const noFeatures = (file: string, leftOut: readonly LeftOut[]) =>
  new DriftloopError(
    'DL_NO_FEATURES',
    `${file} has no column that a model could learn from` +
      (leftOut.length === 0
        ? '.'
        : `: ${leftOut.map(({ column, because }) => (column === '' ? because : `"${column}": ${because}`)).join('; ')}.`),
    {
      fix: `Besides the label it needs a column of numbers or of at most ${CATEGORY_VALUES_AT_MOST} different words.`,
    },
  );

export function modelNameFrom(file: string): string {
  const name = path
    .parse(file)
    .name.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'model' : name;
}
