import { expect, test } from 'vitest';
import { untilOver } from '../../../../cli/commands/watching.ts';
import { DriftloopError } from '../../../../domain/errors.ts';

/** Looks that answer, or fail, one after the other. */
const looks =
  (...each: (boolean | Error)[]) =>
  () => {
    const one = each.shift()!;
    return one instanceof Error ? Promise.reject(one) : Promise.resolve(one);
  };
const down = new Error('connect ECONNREFUSED');
const mistake = new DriftloopError('DL_UNKNOWN_MODEL', 'There is no model "a".', { fix: 'Say another.' });

test('what is down meanwhile is said, always in the same words, and looked at again', async () => {
  const lost: string[] = [];
  await untilOver(1, looks(false, down, down, false, true), (sentence) => lost.push(sentence));
  expect(lost).toEqual([
    expect.stringMatching(/^No word since \d\d:\d\d:\d\d; trying again\. connect ECONNREFUSED$/),
    lost[0],
  ]);
});

test.each([
  ['a first look', [down], down],
  ['a mistake', [false, mistake], mistake],
])('%s that fails ends it', async (_, each, why) => {
  const lost: string[] = [];
  await expect(untilOver(1, looks(...each), (sentence) => lost.push(sentence))).rejects.toBe(why);
  expect(lost).toEqual([]);
});
