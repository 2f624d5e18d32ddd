import type { FeatureValue, InputRow } from '../../domain/input.ts';

/** Numbers that differ only beyond so many digits are the same: the rest is how they were written. */
const DIGITS = 6;

/** The same for rows that say the same: spelling of spaces, case and the last digits of numbers aside. */
export const contentKey = (row: InputRow): string =>
  JSON.stringify(
    Object.keys(row)
      .sort()
      .map((name) => [name, plain(row[name]!)]),
  );

const plain = (value: FeatureValue): FeatureValue =>
  typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value === null ? null : plainText(value);

/** Text without what does not change its meaning. */
export const plainText = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim();
