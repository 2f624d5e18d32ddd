import { expect, test } from 'vitest';
import {
  nothingSeen,
  observeCounts,
  sayAnswers,
  whoAnswers,
  type VersionCounts,
} from '../../../monitors/who-answers.ts';

/** Looks one after the other; what is known after each. */
const look = (...counts: VersionCounts[]) =>
  counts.reduce((seen, now) => observeCounts(seen, now, 50), nothingSeen);

test('few predictions say nothing', () => {
  expect(whoAnswers(look({ v1: 1_000 }))).toBeNull();
  expect(whoAnswers(look({ v1: 1_000 }, { v1: 1_049 }))).toBeNull();
  expect(sayAnswers(look({ v1: 1_000 }))).toBe('too few predictions have come to say who answers');
});

test('the newest predictions say who answers, however many an older version has answered', () => {
  const seen = look({ v1: 100_000 }, { v1: 100_060 }, { v1: 100_060, v2: 55 });
  expect(whoAnswers(seen)).toBe('v2');
  expect(sayAnswers(seen)).toBe('v2 answered 55 of the newest 55 predictions');
});

test('slow traffic adds up over the looks', () => {
  const looks = Array.from({ length: 11 }, (_, i) => ({ v1: 400, v2: 5 * i }));
  expect(whoAnswers(look(...looks.slice(0, 10)))).toBeNull();
  expect(whoAnswers(look(...looks))).toBe('v2');
});

test("a rollout of the team's own changes nothing until it is nearly over", () => {
  const seen = look({ v1: 500 }, { v1: 550, v2: 50 });
  expect(whoAnswers(seen)).toBeNull();
  expect(sayAnswers(seen)).toBe('v1 answered 50 of the newest 100 predictions, v2 50');
  expect(whoAnswers(observeCounts(seen, { v1: 560, v2: 130 }, 50))).toBe('v2');
});

test('looks that are no longer needed are let go; looks without news are not kept', () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({ v1: 100 * i }));
  expect(look(...many).looks).toHaveLength(2);
  expect(look(...Array.from({ length: 1_000 }, () => ({ v1: 7 }))).looks).toHaveLength(1);
});

test('counters that fell are those of another database: it begins again', () => {
  expect(whoAnswers(look({ v1: 1_000 }, { v1: 1_100 }, { v2: 10 }))).toBeNull();
  expect(whoAnswers(look({ v1: 1_000 }, { v1: 1_100 }, { v2: 10 }, { v2: 70 }))).toBe('v2');
});
