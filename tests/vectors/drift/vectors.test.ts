import { describe, expect, test } from 'vitest';
import { familyOf } from './families/family-of.ts';
import { everyId, needsVectors, readVector } from './vector.ts';

/**
 * Every file of the folder, whatever its numbers are, through the public functions. A file of a family that nobody
 * knows how to run fails, and so does a value in it that nobody checks.
 */
describe.skipIf(needsVectors().skip)('as the reference implementations have it', () => {
  test('there are cases to look at', () => {
    expect(everyId().length).toBeGreaterThan(0);
  });

  test.each(everyId())('%s', (file) => {
    const run = familyOf(file);
    const vector = readVector<never, never>(file.replace(/\.json$/, ''));
    expect(Object.keys(vector.expected), `${file} expects something`).not.toEqual([]);
    run(vector);
  });
});

test('a file of a family that nobody knows fails by its name', () => {
  expect(() => familyOf('entropy--of-nothing.json')).toThrow('entropy--of-nothing.json');
  expect(() => familyOf('ddmx--other.json')).toThrow('ddmx--other.json');
  expect(() => familyOf('notes.txt')).toThrow('notes.txt');
});
