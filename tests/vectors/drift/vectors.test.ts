import { describe, expect, test } from 'vitest';
import { familyOf } from './families/family-of.ts';
import { everyId, needsVectors, readVector } from './vector.ts';

/** Families that are not run by it yet; some have a file of tests of their own. */
const later = /^(delayed-labels|nannyml-univariate-drift|sequential)/;
const isLater = (file: string) => later.test(file);

/**
 * Every file of the folder, whatever its numbers are, through the public functions. A file of a family that nobody
 * knows how to run fails, and so does a value in it that nobody checks.
 */
describe.skipIf(needsVectors().skip)('as the reference implementations have it', () => {
  test('there are cases to look at', () => {
    expect(everyId().length).toBeGreaterThan(0);
  });

  test.each(everyId().filter((file) => !isLater(file)))('%s', (file) => {
    const run = familyOf(file);
    run(readVector(file.replace(/\.json$/, '')));
  });
});

test('a file of a family that nobody knows fails by its name', () => {
  expect(() => familyOf('entropy--of-nothing.json')).toThrow('entropy--of-nothing.json');
  expect(() => familyOf('ddmx--other.json')).toThrow('ddmx--other.json');
  expect(() => familyOf('notes.txt')).toThrow('notes.txt');
});
