import { expect, test } from 'vitest';
import {
  amount,
  count,
  counted,
  lasting,
  listed,
  percent,
  rate,
  sentence,
  windowWords,
} from '../../../console/wording.ts';

test.each([
  [0.741, 3, '.741'],
  [0.86, 2, '.86'],
  [1, 2, '1.00'],
  [0, 3, '.000'],
  [-0.024, 3, '−.024'],
  [-0.0001, 3, '.000'],
  [0.9996, 3, '1.000'],
])('the rate %d with %d digits is %s', (value, digits, text) => expect(rate(value, digits)).toBe(text));

test('counts have commas, and a true minus sign', () => {
  expect(count(16_528)).toBe('16,528');
  expect(count(-3)).toBe('−3');
  expect(counted(1, 'label')).toBe('1 label');
  expect(counted(1_204, 'prediction')).toBe('1,204 predictions');
  expect(counted(2, 'more label', 'more labels')).toBe('2 more labels');
});

test('shares are percentages with a narrow space, small ones with a digit', () => {
  expect([0.25, 0.005, 0, 1, 0.0725].map(percent)).toEqual(['25 %', '0.5 %', '0 %', '100 %', '7 %']);
});

test('errors are whole from ten on', () => {
  expect([53.24, 9.96, 3.24, 50, -1.5].map(amount)).toEqual(['53', '10', '3.2', '50', '−1.5']);
});

test.each([
  [0, '0 s'],
  [42_000, '42 s'],
  [90_000, '1 min 30 s'],
  [600_000, '10 min'],
  [5 * 3_600_000 + 8 * 60_000, '5 h 8 min'],
  [57 * 3_600_000, '2 d 9 h'],
  [48 * 3_600_000, '2 d'],
  [-5, '0 s'],
])('%d ms last %s', (ms, text) => expect(lasting(ms)).toBe(text));

test.each([
  [86_400_000, 'day'],
  [604_800_000, 'week'],
  [21_600_000, '6 hours'],
  [600_000, '10 minutes'],
  [10_000, '10 seconds'],
  [90_000, '90 seconds'],
  [12_345, '12 seconds'],
])('a window of %d ms is the last %s', (ms, text) => expect(windowWords(ms)).toBe(text));

test('lists and sentences end as people write them', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
  expect([sentence('It fell'), sentence('Why? '), sentence('It fell.')]).toEqual([
    'It fell.',
    'Why?',
    'It fell.',
  ]);
});
