import { numberIn } from './cells.ts';

/** What the cells of a column are in a way of writing that is not read: never converted, because it can mean two things. */
export type Writing = 'dates' | 'decimal commas' | 'signs' | 'thousands';

const time = String.raw`[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?`;
const dates = [
  String.raw`\d{4}[-/.]\d{1,2}[-/.]\d{1,2}`,
  String.raw`\d{1,2}[-/.]\d{1,2}[-/.]\d{4}`,
  String.raw`\d{1,2}/\d{1,2}/\d{2}`,
  String.raw`\d{1,2}\.? [A-Z]\p{L}{2,8}\.? \d{4}`,
  String.raw`[A-Z]\p{L}{2,8}\.? \d{1,2},? \d{4}`,
];
const sign = String.raw`[$€£¥%]`;
const digits = String.raw`\d[\d., ']*`;

/** In this order: `1,200` has a comma as decimals have, and `1,200.50` has not. */
const patterns: readonly (readonly [Writing, RegExp])[] = [
  ['dates', new RegExp(`^(${dates.join('|')})(${time})?( ?(Z|UTC|[+-]\\d{2}:?\\d{2}))?$`, 'u')],
  ['thousands', /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/],
  ['decimal commas', /^[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+$/],
  ['signs', new RegExp(`^[+-]?${sign} ?[+-]?${digits}$|^[+-]?${digits} ?${sign}$`, 'u')],
];

/** How the values of a column are written that are not all numbers; null where they are words. */
export function writingOf(values: Iterable<string>): Writing | null {
  const all = [...values].filter((value) => numberIn(value) === undefined);
  const found = patterns.find(([, pattern]) => all.length > 0 && all.every((value) => pattern.test(value)));
  return found?.[0] ?? null;
}

/** What is to be done about a column, after its name. */
export const sayWriting: Readonly<Record<Writing, string>> = {
  dates:
    'it has dates; name it with --time where they say when a row was, or give what matters of them (days since then, a month) as a number',
  'decimal commas': 'its numbers have decimal commas; write them with a point, such as 12.50',
  signs: 'it has amounts with signs, such as "$1,200.50"; write numbers alone, such as 1200.50',
  thousands: 'its numbers have commas in them; write 1200, or 1.2 where the comma is a decimal one',
};
