/**
 * What a column looked like: counts alone, plain and additive, so that a reference is kept without its rows and windows
 * add up.
 */
export type ColumnProfile = Readonly<{
  rows: number;
  missing: number;
  types: Readonly<Record<ValueType, number>>;
  /** Of its numbers; null where there are none. */
  range: Readonly<{ low: number; high: number }> | null;
  /** Rows of each category, while there are at most `MOST_CATEGORIES`; null beyond: then it is text, not a category. */
  categories: Readonly<Record<string, number>> | null;
}>;

export type ValueType = 'number' | 'text' | 'boolean' | 'other';

const MOST_CATEGORIES = 1_000;

export const emptyProfile: ColumnProfile = {
  rows: 0,
  missing: 0,
  types: { number: 0, text: 0, boolean: 0, other: 0 },
  range: null,
  categories: {},
};

/** The profile of values, as they came: missing are null, undefined, NaN and empty text. */
export function profileColumn(values: Iterable<unknown>): ColumnProfile {
  const types = { ...emptyProfile.types };
  const categories = new Map<string, number>();
  let [rows, missing, low, high] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    rows += 1;
    if (isMissing(value)) {
      missing += 1;
      continue;
    }
    const type = typeOf(value);
    types[type] += 1;
    if (type === 'number') {
      low = Math.min(low, value as number);
      high = Math.max(high, value as number);
    } else if (type === 'text' && categories.size <= MOST_CATEGORIES) {
      categories.set(value as string, (categories.get(value as string) ?? 0) + 1);
    }
  }
  return {
    rows,
    missing,
    types,
    range: types.number > 0 ? { low, high } : null,
    categories: kept(Object.fromEntries(categories)),
  };
}

/** Both together. */
export function addProfiles(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const ranges = [a.range, b.range].filter((range) => range !== null);
  return {
    rows: a.rows + b.rows,
    missing: a.missing + b.missing,
    types: {
      number: a.types.number + b.types.number,
      text: a.types.text + b.types.text,
      boolean: a.types.boolean + b.types.boolean,
      other: a.types.other + b.types.other,
    },
    range:
      ranges.length === 0
        ? null
        : {
            low: Math.min(...ranges.map(({ low }) => low)),
            high: Math.max(...ranges.map(({ high }) => high)),
          },
    categories: a.categories && b.categories && kept(addCounts(a.categories, b.categories)),
  };
}

const kept = (categories: Record<string, number>): Record<string, number> | null =>
  Object.keys(categories).length > MOST_CATEGORIES ? null : categories;

function addCounts(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

const isMissing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  Number.isNaN(value) ||
  (typeof value === 'string' && value.trim() === '');

function typeOf(value: unknown): ValueType {
  if (typeof value === 'number') return Number.isFinite(value) ? 'number' : 'other';
  if (typeof value === 'string') return 'text';
  return typeof value === 'boolean' ? 'boolean' : 'other';
}
