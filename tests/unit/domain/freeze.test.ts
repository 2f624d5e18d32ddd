import { expect, test } from 'vitest';
import { lastFiring } from '../../../domain/cron.ts';
import { sayFrozen } from '../../../domain/freeze.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const day = 86_400_000;

test.each([
  // 2026-11-27 is a Friday.
  ['0 18 * * 5', '2026-11-28T09:30:30', '2026-11-27T18:00:00'],
  ['0 18 * * fri', '2026-11-27T18:00:00', '2026-11-27T18:00:00'],
  ['*/20 9-17 * * mon-fri', '2026-11-27T20:00:00', '2026-11-27T17:40:00'],
  ['0 0 * * 7', '2026-11-27T12:00:00', '2026-11-22T00:00:00'],
  ['15/30 * * * *', '2026-11-27T12:20:00', '2026-11-27T12:15:00'],
  // Either day will do where both are named.
  ['0 0 1 * 5', '2026-11-28T00:00:00', '2026-11-27T00:00:00'],
])('%s has fired last before %s at %s', (cron, now, fired) => {
  expect(lastFiring(cron, at(now), 7 * day)).toBe(at(fired));
});

test('what has not fired in so long a time has not', () => {
  expect(lastFiring('0 18 * * 5', at('2026-11-27T17:59:59'), 6 * day)).toBeNull();
});

test.each([
  ['2026-11-27T17:59:00', null],
  [
    '2026-11-27T18:00:00',
    'Nothing moves forward until 2026-11-30T06:00:00.000Z: the weekend. Withdrawals go on.',
  ],
  [
    '2026-11-30T05:59:59',
    'Nothing moves forward until 2026-11-30T06:00:00.000Z: the weekend. Withdrawals go on.',
  ],
  ['2026-11-30T06:00:00', null],
  ['2026-12-24T12:00:00', 'Nothing moves forward until 2027-01-02T00:00:00.000Z. Withdrawals go on.'],
])('at %s: %s', (now, sentence) => {
  const freezes = [
    { cron: '0 18 * * 5', duration: '60h', because: 'the weekend' },
    { from: '2026-12-23T00:00:00Z', to: '2027-01-02T00:00:00Z' },
  ];
  expect(sayFrozen(freezes, at(now))).toBe(sentence);
});
