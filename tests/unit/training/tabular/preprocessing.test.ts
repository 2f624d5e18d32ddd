import { describe, expect, test } from 'vitest';
import { category, number } from '../../../../domain/input.ts';
import {
  constantColumns,
  encode,
  encodedColumns,
  fitPreprocessing,
} from '../../../../training/tabular/preprocessing.ts';

const input = { price: number(), day: category(['mon', 'tue']) };
const values = (rows: Parameters<typeof encode>[1], fitted = rows) => {
  const { matrix, width } = encode(fitPreprocessing(input, fitted), rows);
  return rows.map((_, row) => [...matrix.subarray(row * width, (row + 1) * width)]);
};

describe('numbers', () => {
  test('are standardised on the training rows, by population deviation', () => {
    const rows = [1, 2, 3, 4].map((price) => ({ price, day: 'mon' }));
    const encoded = values(rows).map(([z]) => z!);
    const deviation = Math.sqrt(1.25);
    expect(encoded[0]).toBeCloseTo(-1.5 / deviation, 6);
    expect(encoded[3]).toBeCloseTo(1.5 / deviation, 6);
  });

  test('that are constant in training stay at zero, however they change afterwards', () => {
    // 0.003467 a hundred times has a float32 deviation of about 1e-10, not 0: dividing by it would explode.
    const training = Array.from({ length: 100 }, () => ({ price: 0.003467, day: 'mon' }));
    expect(constantColumns(fitPreprocessing(input, training))).toEqual(['price']);
    expect(values([{ price: 0.9, day: 'mon' }], training)).toEqual([[0, 1, 0, 0]]);
  });

  test('that are always missing in training are constant, with an indicator', () => {
    const preprocessing = fitPreprocessing(input, [
      { price: null, day: 'mon' },
      { price: null, day: 'tue' },
    ]);
    expect(constantColumns(preprocessing)).toEqual(['price']);
    expect([...encode(preprocessing, [{ price: 7, day: 'mon' }]).matrix]).toEqual([0, 0, 1, 0, 0]);
  });

  test('far beyond anything seen stay finite', () => {
    const rows = [
      { price: 0, day: 'mon' },
      { price: 1e-3, day: 'mon' },
    ];
    expect(values([{ price: 1e300, day: 'mon' }], rows)[0]![0]).toBe(1e6);
  });
});

describe('missing values', () => {
  const training = [
    { price: 1, day: 'mon' },
    { price: 3, day: null },
    { price: null, day: 'tue' },
  ];

  test('become the mean, with a column of their own where training had some', () => {
    expect(encodedColumns(fitPreprocessing(input, training))).toEqual([
      'price:value',
      'price:missing',
      'day=mon',
      'day=tue',
      'day:unknown',
      'day:missing',
    ]);
    expect(values([{ price: null, day: null }], training)).toEqual([[0, 1, 0, 0, 0, 1]]);
  });

  test('are counted, and so are words that nobody declared', () => {
    const preprocessing = fitPreprocessing(input, training);
    const encoded = encode(preprocessing, [
      { price: null, day: 'sun' },
      { day: 'mon' },
      { price: 2, day: 'fri' },
    ]);
    expect(encoded.missing).toEqual({ price: 2 });
    expect(encoded.unknown).toEqual({ day: 2 });
    expect(encoded.width).toBe(6);
    expect(encoded.rows).toBe(3);
    expect([...encoded.matrix.subarray(0, 6)]).toEqual([0, 1, 0, 0, 1, 0]);
  });
});

test('preprocessing is plain JSON and encodes the same after a round trip', () => {
  const rows = [
    { price: 0.1, day: 'mon' },
    { price: 0.7, day: 'tue' },
    { price: null, day: 'wed' },
  ];
  const fitted = fitPreprocessing(input, rows);
  const again = JSON.parse(JSON.stringify(fitted)) as typeof fitted;
  expect(again).toEqual(fitted);
  expect(encode(again, rows)).toEqual(encode(fitted, rows));
});

test('what arrives after training does not move the preprocessing', () => {
  const training = [
    { price: 1, day: 'mon' },
    { price: 2, day: 'mon' },
  ];
  const fitted = fitPreprocessing(input, training);
  encode(fitted, [{ price: 1000, day: 'tue' }]);
  expect(fitted).toEqual(fitPreprocessing(input, training));
});
