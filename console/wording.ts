import { count as plain } from '../domain/count.ts';

/** How figures, times and durations are written, everywhere in the console and in `driftloop explain`. */

const minus = '−';

/** A rate without its leading zero: .741. Two digits in a lede, three in a figure. */
export function rate(value: number, digits = 3): string {
  const text = Math.abs(value).toFixed(digits).replace(/^0\./, '.');
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** 1204 becomes 1,204. */
export const count = (n: number): string => plain(n).replace('-', minus);

/** Any number, to four digits: 1,112, 12.35, .0042. Whole digits are never rounded away. */
export const number = (value: number): string =>
  Math.abs(value) >= 1_000
    ? count(value)
    : value
        .toLocaleString('en-US', { maximumSignificantDigits: 4 })
        .replace(/^-/, minus)
        .replace(/^(−?)0\./, '$1.');

/** An answer or a truth: of a task whose answers are numbers as a number, else the text as it stands. */
export const sayAnswer = (text: string, task: string | null): string =>
  task === 'regression' && text.trim() !== '' && Number.isFinite(Number(text)) ? number(Number(text)) : text;

/** `1 label`, `1,204 labels`. */
export const counted = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${Math.round(n) === 1 ? one : many}`;

/** A share as a percentage, with a narrow space: 25 %. */
export const percent = (share: number): string => {
  const value = share * 100;
  const digits = value !== 0 && Math.abs(value) < 1 ? 1 : 0;
  return `${value.toFixed(digits).replace('-', minus)} %`;
};

/** A number of errors and the like: whole from 10 on, one digit below. */
export const amount = (value: number): string =>
  Math.abs(value) >= 9.95 || Number.isInteger(value) ? count(value) : value.toFixed(1).replace('-', minus);

const units = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** `2 d 9 h`, `5 h 8 min`, `42 s`: the two largest units, and only one of them below ten minutes' rest. */
export function lasting(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const at = units.findIndex(([, size]) => seconds >= size);
  if (at === -1) return '0 s';
  const [unit, size] = units[at]!;
  const whole = Math.floor(seconds / size);
  const next = units[at + 1];
  if (next === undefined || (unit === 'min' && whole >= 10)) return `${whole} ${unit}`;
  const rest = Math.floor((seconds % size) / next[1]);
  return rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${next[0]}`;
}

export { windowWords } from '../domain/duration.ts';

/** `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** Begins a sentence; the name of a version stays as it is. */
export const capital = (text: string): string =>
  /^v\d/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);

/** Ends a sentence that comes from elsewhere; one that has an end keeps it. */
export const sentence = (text: string): string =>
  /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
