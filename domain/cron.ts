import { z } from 'zod';

/** Minute, hour, day of month, month, day of week: their names, least and largest values. */
const fields = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  {
    name: 'month',
    least: 1,
    most: 12,
    words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', least: 0, most: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const;

/** `*`, `5`, `1-5`, `mon`, each with a step or without: what Temporal takes in a place of a cron expression. */
function isTerm(term: string, { least, most, words }: (typeof fields)[number]): boolean {
  const [range, step, ...more] = term.split('/');
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const ends = range!.split('-').map((end) => {
    const word = (words as readonly string[]).indexOf(end.toLowerCase());
    return word >= 0 ? word + least : /^\d+$/.test(end) ? Number(end) : Number.NaN;
  });
  const [from, to = from] = ends;
  return ends.length <= 2 && from! >= least && to! <= most && from! <= to!;
}

/** What is wrong with a cron expression, in words; null for a good one. */
export function cronProblem(text: string): string | null {
  const places = text.trim().split(/\s+/);
  if (places.length !== fields.length)
    return `must have five places (minute, hour, day, month, weekday), such as "0 3 * * 1"; it has ${places.length}`;
  const wrong = fields.find((field, i) => !places[i]!.split(',').every((term) => isTerm(term, field)));
  return wrong === undefined
    ? null
    : `"${places[fields.indexOf(wrong)]}" is no ${wrong.name} (${wrong.least} to ${wrong.most})`;
}

/** When a schedule fires, as cron writes it; UTC. */
export const cron = z
  .string()
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'cron (UTC): minute, hour, day, month, weekday' });
