import { z } from 'zod';
import { count } from './count.ts';

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/;

/** A duration as people write it in a config: '250ms', '10m', '6h', '7d'. */
export const duration = z
  .string()
  .regex(pattern, 'must be a duration such as "30s", "10m", "6h" or "7d"')
  .meta({ description: 'a duration: 250ms, 30s, 10m, 6h, 7d, 2w' });

/** Milliseconds of a duration that the schema has accepted. */
export function milliseconds(text: string): number {
  const match = pattern.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a duration`);
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/** The inverse, rounded to whole milliseconds. */
export const durationOf = (ms: number): string => `${Math.round(ms)}ms`;

const unitNames = [
  [unitMs.w, 'week'],
  [unitMs.d, 'day'],
  [unitMs.h, 'hour'],
  [unitMs.m, 'minute'],
  [unitMs.s, 'second'],
] as const;

/** Milliseconds of a window as a reader says it after "the last": `day`, `6 hours`, `58 seconds`. */
export function windowWords(ms: number): string {
  const [size, name] = unitNames.find(([unit]) => ms % unit === 0) ?? [unitMs.s, 'second'];
  const n = Math.max(1, Math.round(ms / size));
  return n === 1 ? name : `${count(n)} ${name}s`;
}
