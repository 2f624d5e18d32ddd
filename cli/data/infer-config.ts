import path from 'node:path';
import { parseConfig } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { Feature } from '../../domain/input.ts';
import type { DriftloopConfig } from '../../domain/model-config.ts';
import { featureNameOf } from './cells.ts';
import { profileColumns } from './profile-columns.ts';
import type { ColumnProfile } from './profile-columns.ts';
import { checkColumns, headerOf, type Columns } from './records.ts';

/** More different words than that in a column of text are names or sentences, not a category. */
const CATEGORY_VALUES_AT_MOST = 50;
/** More different labels than that are no labels; numbers are a quantity long before. */
const LABELS_AT_MOST = { numbers: 50, words: 1_000 };

/** A column that could not be used, with the reason. */
export type LeftOut = { column: string; because: string };

/** A config for a file that nobody has described, and what was not used of it. */
export type InferredConfig = { config: DriftloopConfig; leftOut: LeftOut[] };

/**
 * Infers a model from a file: numbers, categories with few values, labels in the order in which they sort. A column
 * that only counts or names the rows is left out: what a model learns from it is wrong for every row to come.
 *
 * @throws DL_COLUMN_MISSING, DL_LABELS_UNSUITABLE, DL_NO_FEATURES
 */
export async function inferConfig(file: string, columns: Columns): Promise<InferredConfig> {
  const header = await headerOf(file);
  const aside = [columns.label, ...(columns.time ? [columns.time] : []), ...(columns.ignore ?? [])];
  checkColumns(file, header, aside);
  const profiles = await profileColumns(file, header, LABELS_AT_MOST.words + 1);
  const labels = labelsFrom(profiles.get(columns.label)!, columns.label);

  const input: Record<string, Feature> = {};
  const leftOut: LeftOut[] = [];
  for (const column of header.filter((c) => !aside.includes(c))) {
    const feature = featureFrom(column, profiles.get(column)!);
    if (typeof feature === 'string') leftOut.push({ column, because: feature });
    else input[featureNameOf(column)] = feature;
  }
  if (Object.keys(input).length === 0) throw noFeatures(file, leftOut);
  return {
    config: parseConfig({
      models: [{ name: modelNameFrom(file), task: { kind: 'classification', labels }, input }],
    }),
    leftOut,
  };
}

/** What a column is, or in words why it cannot be used. */
function featureFrom(column: string, profile: ColumnProfile): Feature | string {
  if (profile.values.size === 0) return 'it has no values';
  if (profile.countsRows) return 'it counts the rows';
  if (profile.isEachOther && isIdName(column)) return 'it names the rows, one by one';
  if (profile.isNumeric) return { kind: 'number' };
  if (profile.values.size > CATEGORY_VALUES_AT_MOST)
    return profile.isEachOther
      ? 'it has other words in nearly every row, as names, ids and sentences have'
      : `it has more than ${CATEGORY_VALUES_AT_MOST} different words`;
  return { kind: 'category', values: [...profile.values].sort() };
}

/** `id`, `user_id`, `userId`, `uuid`; not `humid`. */
const isIdName = (column: string): boolean =>
  /(^|[^A-Za-z])(id|uuid|guid|key)$/i.test(column) || /[a-z](Id|ID|Uuid|UUID)$/.test(column);

function labelsFrom(profile: ColumnProfile, column: string): string[] {
  const labels = [...profile.values].sort((a, b) =>
    profile.isNumeric ? Number(a) - Number(b) : a < b ? -1 : 1,
  );
  const atMost = profile.isNumeric ? LABELS_AT_MOST.numbers : LABELS_AT_MOST.words;
  const problem =
    profile.missing > 0
      ? `is empty in ${profile.missing} of ${profile.rows} rows`
      : labels.length < 2
        ? 'has one value only'
        : labels.length > atMost
          ? `has more than ${atMost} different values`
          : null;
  if (problem === null) return labels;
  throw new DriftloopError('DL_LABELS_UNSUITABLE', `Column "${column}" cannot be the label: it ${problem}.`, {
    fix: 'Name a column with a few different values and no gaps: --label COLUMN.',
  });
}

const noFeatures = (file: string, leftOut: readonly LeftOut[]) =>
  new DriftloopError(
    'DL_NO_FEATURES',
    `${file} has no column that a model could learn from` +
      (leftOut.length === 0
        ? '.'
        : `: ${leftOut.map(({ column, because }) => `"${column}": ${because}`).join('; ')}.`),
    {
      fix: `Besides the label it needs a column of numbers or of at most ${CATEGORY_VALUES_AT_MOST} different words.`,
    },
  );

function modelNameFrom(file: string): string {
  const name = path
    .parse(file)
    .name.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'model' : name;
}
