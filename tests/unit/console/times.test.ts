import { expect, test } from 'vitest';
import { clockTime, isZone, tickTime, utc, zoneOffset } from '../../../console/times.ts';

const now = Date.parse('2026-11-24T08:20:00Z');
const clock = { now, zone: 'UTC' };

test.each([
  ['2026-11-24T08:12:05Z', '08:12:05'],
  ['2026-11-24T03:12:00Z', '03:12'],
  ['2026-11-17T14:20:00Z', 'Tue 17 Nov, 14:20'],
  ['2025-11-17T14:20:00Z', 'Mon 17 Nov 2025, 14:20'],
  ['2026-11-25T03:12:00Z', 'Wed 25 Nov, 03:12'],
])('%s is written %s', (time, text) => expect(clockTime(time, clock)).toBe(text));

test('times stand in the zone of the reader, and the day is the day there', () => {
  expect(clockTime('2026-11-23T23:30:00Z', { now, zone: 'Europe/Berlin' })).toBe('00:30');
  expect(clockTime('2026-11-23T23:30:00Z', clock)).toBe('Mon 23 Nov, 23:30');
  expect(utc('2026-11-23T23:30:00.123Z')).toBe('2026-11-23 23:30:00 UTC');
});

test('a zone is only taken where it is one', () => {
  expect([isZone('Europe/Berlin'), isZone('UTC'), isZone('Mars/Olympus'), isZone('')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(zoneOffset(now, 'Europe/Berlin')).toBe(3_600_000);
  expect(zoneOffset(Date.parse('2026-07-01T00:00:00Z'), 'America/St_Johns')).toBe(-2.5 * 3_600_000);
  expect(zoneOffset(now + 123, 'UTC')).toBe(0);
});

test.each([
  [10_000, '08:20:00'],
  [3_600_000, '08:20'],
  [86_400_000, 'Tue 24'],
  [7 * 86_400_000, 'Tue 24 Nov'],
])('a tick every %d ms reads %s', (step, text) => expect(tickTime(now, step, 'UTC')).toBe(text));

test('an hourly axis names the day at midnight', () => {
  expect(tickTime(Date.parse('2026-11-24T00:00:00Z'), 6 * 3_600_000, 'UTC')).toBe('Tue 24');
});
