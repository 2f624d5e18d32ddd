import path from 'node:path';
import { parseConfig } from '../../domain/config.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { Feature } from '../../domain/input.ts';
import type { DriftloopConfig } from '../../domain/model-config.ts';
import { featureNameOf, isMissing, numberIn } from './streams/cells.ts';
import { checkColumns, headerOf, readRecords, type Columns } from './streams/csv.ts';

/** More different words than that in a column of text are names or sentences, not a category. */
const categoryValuesAtMost = 50;
const labelsAtMost = 50;

/** What is known of a column after one pass over the file. */
export type ColumnProfile = { isNumeric: boolean; missing: number; rows: number; values: Set<string> };

/** A config for a file that nobody has described, and the columns that it could not use, with the reason. */
export type InferredConfig = { config: DriftloopConfig; leftOut: { column: string; because: string }[] };

/**
 * Infers a model from a file: numbers, categories with few values, labels in the order in which they sort.
 *
 * @throws DL_COLUMN_MISSING, DL_LABELS_UNSUITABLE, DL_NO_FEATURES
 */
export async function inferConfig(file: string, columns: Columns): Promise<InferredConfig> {
  const header = await headerOf(file);
  const aside = [columns.label, ...(columns.time ? [columns.time] : []), ...(columns.ignore ?? [])];
  checkColumns(file, header, aside);
  const profiles = await profileColumns(file, header);
  const labels = labelsFrom(profiles.get(columns.label)!, columns.label);

  const input: Record<string, Feature> = {};
  const leftOut: InferredConfig['leftOut'] = [];
  for (const column of header.filter((c) => !aside.includes(c))) {
    const feature = featureFrom(profiles.get(column)!);
    if (typeof feature === 'string') leftOut.push({ column, because: feature });
    else input[featureNameOf(column)] = feature;
  }
  if (Object.keys(input).length === 0) {
    throw new DriftloopError('DL_NO_FEATURES', `${file} has no column that a model could learn from.`, {
      fix: `Besides the label it needs a column of numbers or of at most ${categoryValuesAtMost} different words.`,
    });
  }
  return {
    config: parseConfig({
      models: [{ name: modelNameFrom(file), task: { kind: 'classification', labels }, input }],
    }),
    leftOut,
  };
}

/** One pass over a file; remembers few enough values to tell a category from free text. */
async function profileColumns(file: string, header: readonly string[]): Promise<Map<string, ColumnProfile>> {
  const profiles = new Map<string, ColumnProfile>(
    header.map((c) => [c, { isNumeric: true, missing: 0, rows: 0, values: new Set<string>() }]),
  );
  const atMost = Math.max(categoryValuesAtMost, labelsAtMost) + 1;
  for await (const { cells } of readRecords(file)) {
    for (const [column, profile] of profiles) {
      const cell = cells[column]!.trim();
      profile.rows += 1;
      if (isMissing(cell)) {
        profile.missing += 1;
        continue;
      }
      if (profile.isNumeric && numberIn(cell) === undefined) profile.isNumeric = false;
      if (profile.values.size < atMost) profile.values.add(cell);
    }
  }
  return profiles;
}

/** What a column is, or in words why it cannot be used. */
function featureFrom(profile: ColumnProfile): Feature | string {
  if (profile.values.size === 0) return 'it has no values';
  if (profile.isNumeric) return { kind: 'number' };
  if (profile.values.size > categoryValuesAtMost)
    return `it has more than ${categoryValuesAtMost} different words`;
  return { kind: 'category', values: [...profile.values].sort() };
}

function labelsFrom(profile: ColumnProfile, column: string): string[] {
  const labels = [...profile.values].sort((a, b) =>
    profile.isNumeric ? Number(a) - Number(b) : a < b ? -1 : 1,
  );
  const problem =
    profile.missing > 0
      ? `is empty in ${profile.missing} of ${profile.rows} rows`
      : labels.length < 2
        ? 'has one value only'
        : labels.length > labelsAtMost
          ? `has more than ${labelsAtMost} different values`
          : null;
  if (problem === null) return labels;
  throw new DriftloopError('DL_LABELS_UNSUITABLE', `Column "${column}" cannot be the label: it ${problem}.`, {
    fix: 'Name a column with a few different values and no gaps: --label COLUMN.',
  });
}

function modelNameFrom(file: string): string {
  const name = path
    .parse(file)
    .name.toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[^a-z]+|-+$/g, '')
    .slice(0, 40);
  return name === '' ? 'model' : name;
}
