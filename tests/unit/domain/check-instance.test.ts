import { describe, expect, test } from 'vitest';
import { checkInstance, checkInstances, InputInvalid } from '../../../domain/check-instance.ts';
import { category, number } from '../../../domain/input.ts';

const input = { price: number(), day: category(['1', '2']) };
const problemsOf = (value: unknown) => {
  const checked = checkInstance(input, value, 0);
  return 'problems' in checked ? checked.problems : [];
};

describe('an instance', () => {
  test('comes back with every declared feature, missing ones as null', () => {
    expect(checkInstance(input, { price: 1.5 }, 0)).toEqual({ row: { price: 1.5, day: null } });
  });

  test('may write a category as a number or a truth value', () => {
    expect(checkInstance(input, { price: null, day: 2 }, 0)).toEqual({ row: { price: null, day: '2' } });
  });

  test('may hold a word that its category does not list', () => {
    expect(checkInstance(input, { day: 'nine' }, 0)).toEqual({ row: { price: null, day: 'nine' } });
  });

  test.each([
    [{ price: '3.5' }, 'price', 'Send 3.5 without quotes.'],
    [{ price: 'high' }, 'price', 'Send a finite number, or null where it is missing.'],
    [{ price: Number.NaN }, 'price', 'Send a finite number, or null where it is missing.'],
    [{ day: {} }, 'day', 'Send one of 1, 2, or null where it is missing.'],
    [{ Price: 1 }, 'Price', 'Write it "price".'],
    [{ colour: 1 }, 'colour', 'Remove it, or declare it in the config. Declared are price, day.'],
    [[1, 2], '(instance)', 'Send each instance as an object: { price, day, … }.'],
  ])('%j is refused at %s with a fix', (value, field, fix) => {
    expect(problemsOf(value)).toMatchObject([{ instance: 0, field, fix }]);
  });

  test('does not take a feature from the prototype of an object', () => {
    const declared = { toString: number(), constructor: number() };
    expect(checkInstance(declared, {}, 0)).toEqual({ row: { toString: null, constructor: null } });
    expect(problemsOf(JSON.parse('{"__proto__": 1}'))).toMatchObject([{ field: '__proto__' }]);
  });
});

test('a request names every problem of every instance at once', () => {
  const check = () =>
    checkInstances('meter', input, [{ price: 'x' }, { price: 1 }, { dya: '1', price: 'y' }]);
  expect(check).toThrow(InputInvalid);
  expect(check).toThrow(/instances\[0\]\.price: is "x".*instances\[2\]\.dya.*instances\[2\]\.price/);
});
