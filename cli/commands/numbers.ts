import { InvalidArgumentError } from 'commander';

/** Parsers of numeric options: a typo is wrong usage, told at once, and nothing is started. */

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a whole number, such as 100.');
}

export function countingNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a whole number above 0, such as 10.');
}

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0, such as 25.');
}

export function portNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a port, from 0 (any free one) to 65535.');
}
