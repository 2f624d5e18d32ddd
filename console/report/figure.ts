import { count } from '../wording.ts';

/** A number in its own unit, with as many digits as tell anything. */
export const figure = (value: number): string =>
  Math.abs(value) >= 10_000 ? count(value) : String(Number(value.toPrecision(4)));
