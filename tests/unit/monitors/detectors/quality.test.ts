import { describe, expect, test } from 'vitest';
import {
  addProfiles,
  emptyProfile,
  profileColumn,
} from '../../../../monitors/detectors/quality/column-profile.ts';
import {
  countDuplicates,
  findDuplicates,
  findSchemaViolations,
} from '../../../../monitors/detectors/quality/counted.ts';
import { findLabelDelay } from '../../../../monitors/detectors/quality/label-delay.ts';
import { findMissing } from '../../../../monitors/detectors/quality/missing.ts';
import { findNewCategories } from '../../../../monitors/detectors/quality/new-category.ts';
import { findOutOfRange } from '../../../../monitors/detectors/quality/out-of-range.ts';
import { findSilence } from '../../../../monitors/detectors/quality/silence.ts';
import { findTypeChange } from '../../../../monitors/detectors/quality/type-change.ts';
import { randomShares } from '../../../support/random-shares.ts';

const repeat = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const random = randomShares(1);
const numbers = (count: number, by = 0): number[] => Array.from({ length: count }, () => random() + by);

describe('a profile', () => {
  const values = [1, 'a', null, true, Number.NaN, ' ', 'a', 3, { x: 1 }, undefined, Infinity];

  test('counts what there is, and what is missing', () => {
    expect(profileColumn(values)).toEqual({
      rows: 11,
      missing: 4,
      types: { number: 2, text: 2, boolean: 1, other: 2 },
      range: { low: 1, high: 3 },
      categories: { a: 2 },
    });
  });

  test('of two parts is the profile of both, in any order, and through JSON', () => {
    for (const cut of [0, 3, 11]) {
      const [first, second] = [profileColumn(values.slice(0, cut)), profileColumn(values.slice(cut))];
      expect(addProfiles(first, second)).toEqual(profileColumn(values));
      expect(JSON.parse(JSON.stringify(addProfiles(second, first)))).toEqual(profileColumn(values));
    }
    expect(addProfiles(emptyProfile, emptyProfile)).toEqual(profileColumn([]));
  });

  test('of words without end is text', () => {
    const words = Array.from({ length: 1_001 }, (_, i) => `word ${i}`);
    expect(profileColumn(words).categories).toBeNull();
    expect(
      addProfiles(profileColumn(words.slice(0, 600)), profileColumn(words.slice(600))).categories,
    ).toBeNull();
  });
});

const half = profileColumn([...repeat(900, 1), ...repeat(100, null)]);

test('missing: more than a rise of five points, and not on few rows', () => {
  const rows = (missing: number, all: number) =>
    profileColumn([...repeat(missing, null), ...repeat(all - missing, 1)]);
  expect(findMissing(half, rows(300, 1_000))).toEqual({
    check: 'missing',
    level: 'detected',
    says: 'Missing in 30 % (300 of 1,000), in the reference in 10 % (100 of 1,000).',
  });
  expect(findMissing(half, rows(148, 1_000)).level).toBe('suspected');
  expect(findMissing(half, rows(110, 1_000)).level).toBe('steady');
  expect(findMissing(half, rows(0, 1_000)).level).toBe('steady');
  expect(findMissing(half, rows(40, 40)).level).toBe('unknown');
  // A rise of two points on a million rows is significant, and nobody's business.
  expect(findMissing(half, { ...rows(1, 1), rows: 1_000_000, missing: 120_000 }).level).toBe('steady');
});

test('out of range: what the lowest and the highest of the reference do not hold', () => {
  const then = profileColumn(numbers(1_000));
  expect(findOutOfRange(then, numbers(1_000)).level).toBe('steady');
  const rescaled = findOutOfRange(
    then,
    numbers(1_000).map((x) => 100 * x),
  );
  expect(rescaled.level).toBe('detected');
  expect(rescaled.says).toMatch(/lie outside .* to .*, the farthest at 9\d\./);
  expect(findOutOfRange(profileColumn(['a']), [1]).level).toBe('unknown');
});

test('new category: what the reference has not, beyond the rare ones that always turn up', () => {
  const then = profileColumn([
    ...repeat(500, 'a'),
    ...repeat(480, 'b'),
    ...Array.from({ length: 20 }, (_, i) => `rare ${i}`),
  ]);
  const seldom = profileColumn([...repeat(980, 'a'), ...Array.from({ length: 20 }, (_, i) => `other ${i}`)]);
  expect(findNewCategories(then, seldom).level).toBe('steady');
  const renamed = findNewCategories(then, profileColumn([...repeat(500, 'A'), ...repeat(500, 'b')]));
  expect(renamed).toMatchObject({ level: 'detected', says: expect.stringContaining('"A" (500)') });
  expect(findNewCategories(then, profileColumn(repeat(60, 'a'))).says).toBe(
    'Every category is one of the reference.',
  );
  expect(findNewCategories(profileColumn([1, 2]), then).level).toBe('unknown');
});

test('type change: numbers that come as text', () => {
  const then = profileColumn(numbers(1_000));
  const now = profileColumn([...repeat(900, '1.5'), ...numbers(100)]);
  expect(findTypeChange(then, now)).toMatchObject({
    level: 'detected',
    says: '90 % (900 of 1,000) are no numbers, but mostly text; in the reference 0 % (0 of 1,000).',
  });
  expect(findTypeChange(then, profileColumn(numbers(100)))).toMatchObject({ level: 'steady' });
  expect(findTypeChange(profileColumn([null]), now).level).toBe('unknown');
});

test('duplicates and schema violations: shares of rows that have risen', () => {
  const then = countDuplicates(Array.from({ length: 1_000 }, (_, i) => String(i)));
  expect(then).toEqual({ hits: 0, rows: 1_000 });
  const now = countDuplicates(Array.from({ length: 1_000 }, (_, i) => String(i % 800)));
  expect(findDuplicates(then, now).level).toBe('detected');
  expect(findSchemaViolations({ hits: 5, rows: 1_000 }, { hits: 6, rows: 1_000 }).level).toBe('steady');
  expect(findSchemaViolations({ hits: 5, rows: 1_000 }, { hits: 90, rows: 1_000 }).level).toBe('detected');
});

test('silence: longer than the longest gap, by the habits of the stream itself', () => {
  const minute = 60_000;
  const day = Array.from({ length: 200 }, (_, i) => i * minute);
  const days = [...day, ...day.map((at) => at + 24 * 60 * minute)];
  const at = (minutes: number) =>
    findSilence(days, { lastAt: days.at(-1)!, now: days.at(-1)! + minutes * minute });
  expect(at(60).level).toBe('steady');
  expect(at(22 * 60).level).toBe('suspected');
  expect(at(48 * 60)).toMatchObject({
    level: 'detected',
    says: 'Nothing has come for 2 days; the longest gap of the reference was 21 hours.',
  });
  expect(findSilence(days, { lastAt: null, now: days.at(-1)! + 3 * 24 * 60 * minute }).level).toBe(
    'detected',
  );
  expect(findSilence([1, 2], { lastAt: null, now: 9 }).level).toBe('unknown');
});

test('label delay: the newest rows, whose labels can only have been quick, do not hide it', () => {
  const hour = 3_600_000;
  const rows = (count: number, delay: () => number) =>
    Array.from({ length: count }, (_, i) => {
      const ageMs = (i / count) * 48 * hour;
      const delayMs = delay() * hour;
      return { ageMs, delayMs: delayMs <= ageMs ? delayMs : null };
    });
  const then = rows(2_000, () => 10 * random());
  expect(
    findLabelDelay(
      then,
      rows(2_000, () => 10 * random()),
    ).level,
  ).toBe('steady');
  const slower = rows(2_000, () => 20 * random());
  expect(findLabelDelay(then, slower).level).toBe('detected');
  expect(
    findLabelDelay(
      then,
      rows(2_000, () => 1e9),
    ).says,
  ).toMatch(/had no label within/);
  expect(findLabelDelay([], slower).level).toBe('unknown');
});
