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

type Field = (typeof fields)[number];
type Term = { from: number; to: number; step: number };

/** `*`, `5`, `1-5`, `mon`, each with a step or without: what Temporal takes in a place of a cron expression. */
function readTerm(term: string, { least, most, words }: Field): Term | null {
  const [range, step = '1', ...more] = term.split('/');
  if (more.length > 0 || !/^[1-9]\d*$/.test(step)) return null;
  if (range === '*') return { from: least, to: most, step: Number(step) };
  const ends = range!.split('-').map((end) => {
    const word = (words as readonly string[]).indexOf(end.toLowerCase());
    return word >= 0 ? word + least : /^\d+$/.test(end) ? Number(end) : Number.NaN;
  });
  // A single value with a step begins there and goes on to the end.
  const [from, to = term.includes('/') ? most : from] = ends;
  const isSound = ends.length <= 2 && from! >= least && to! <= most && from! <= to!;
  return isSound ? { from: from!, to: to!, step: Number(step) } : null;
}

/** What is wrong with a cron expression, in words; null for a good one. */
export function cronProblem(text: string): string | null {
  const places = text.trim().split(/\s+/);
  if (places.length !== fields.length)
    return `must have five places (minute, hour, day, month, weekday), such as "0 3 * * 1"; it has ${places.length}`;
  const wrong = fields.find(
    (field, i) => !places[i]!.split(',').every((term) => readTerm(term, field) !== null),
  );
  return wrong === undefined
    ? null
    : `"${places[fields.indexOf(wrong)]}" is no ${wrong.name} (${wrong.least} to ${wrong.most})`;
}

/**
 * The latest minute (UTC, in ms since 1970) not after `nowMs` at which a good expression fires, or null where it has not
 * within `withinMs`. As in every cron, where both a day of the month and one of the week are named, either will do.
 */
export function lastFiring(text: string, nowMs: number, withinMs: number): number | null {
  const places = text.trim().split(/\s+/);
  const meets = fields.map((field, i) => {
    const terms = places[i]!.split(',').map((term) => readTerm(term, field)!);
    return (value: number) =>
      terms.some(({ from, to, step }) => value >= from && value <= to && (value - from) % step === 0);
  }) as [Meets, Meets, Meets, Meets, Meets];
  const [minute, hour, dayOfMonth, month, dayOfWeek] = meets;
  const anyDay = (i: number) => places[i]!.startsWith('*');
  const isDay = (at: Date) => {
    const weekday = at.getUTCDay();
    const byMonth = dayOfMonth(at.getUTCDate());
    // Sunday is 0 and 7.
    const byWeek = dayOfWeek(weekday) || (weekday === 0 && dayOfWeek(7));
    return anyDay(2) || anyDay(4) ? byMonth && byWeek : byMonth || byWeek;
  };
  for (let at = nowMs - (nowMs % MINUTE_MS); at > nowMs - withinMs; at -= MINUTE_MS) {
    const date = new Date(at);
    const fires = minute(date.getUTCMinutes()) && hour(date.getUTCHours()) && month(date.getUTCMonth() + 1);
    if (fires && isDay(date)) return at;
  }
  return null;
}
type Meets = (value: number) => boolean;
const MINUTE_MS = 60_000;

/** When a schedule fires, as cron writes it; UTC. */
export const cron = z
  .string()
  .superRefine((text, context) => {
    const problem = cronProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({ description: 'cron (UTC): minute, hour, day, month, weekday' });
