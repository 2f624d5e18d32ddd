import { expect, test } from 'vitest';
import { cronProblem } from '../../../domain/cron.ts';

test.each(['0 3 * * 1', '*/15 * * * *', '0 0-6/2 1,15 jan-mar mon-fri', '59 23 31 12 7', '5 4 * * SUN'])(
  '%s is a schedule',
  (text) => expect(cronProblem(text)).toBeNull(),
);

test.each([
  ['every monday', 'five places'],
  ['0 3 * *', 'it has 4'],
  ['0 3 * * 1 2026', 'it has 6'],
  ['60 3 * * 1', '"60" is no minute (0 to 59)'],
  ['0 24 * * 1', '"24" is no hour'],
  ['0 3 0 * 1', '"0" is no day of the month'],
  ['0 3 * 13 1', 'no month'],
  ['0 3 * * moonday', '"moonday" is no day of the week'],
  ['0 5-3 * * *', '"5-3" is no hour'],
  ['*/0 * * * *', 'no minute'],
  ['1- * * * *', 'no minute'],
])('%s is none, and it says why', (text, why) => expect(cronProblem(text)).toContain(why));
