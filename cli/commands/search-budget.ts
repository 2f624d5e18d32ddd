import { InvalidArgumentError } from 'commander';
import { duration, milliseconds } from '../../domain/duration.ts';
import type { SearchWish } from '../../domain/fine-tune-config.ts';

const MINUTE_MS = 60_000;

/** `12` settings, or `20m` of time. */
export function searchBudget(text: string): SearchWish['budget'] {
  const trials = Number(text);
  if (text.trim() !== '' && Number.isInteger(trials) && trials > 0) return { trials };
  const time = duration.safeParse(text);
  if (time.success && milliseconds(time.data) > 0) return { minutes: milliseconds(time.data) / MINUTE_MS };
  throw new InvalidArgumentError('It must be a number of settings, such as 12, or a time, such as 20m.');
}
