import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { beginStopping, observe } from '../../../../training/optimization/early-stopping.ts';
import type { StoppingRule } from '../../../../training/optimization/early-stopping.ts';

const over = (values: readonly number[], rule: StoppingRule) =>
  values.reduce((state, value) => observe(state, value, rule), beginStopping());

test('small improvements add up where the last that counted is to be beaten', () => {
  const creeping = [1, 0.994, 0.988, 0.982];
  expect(over(creeping, { patience: 2, minDelta: 0.01 }).stop).toBe(false);
  expect(over(creeping, { patience: 2, minDelta: 0.01, best: 'any' }).stop).toBe(true);
});

test('the best is the best of all, for losses and for scores', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -10, max: 10 }), { minLength: 1 }), (values) => {
      const state = over(values, { patience: 3 });
      expect(state.best!.value).toBe(Math.min(...values));
      expect(state.best!.at).toBe(values.indexOf(Math.min(...values)));
      const mirrored = over(values.map((v) => 0 - v), { patience: 3, mode: 'max' }); // oxfmt-ignore
      expect({ ...mirrored, best: mirrored.best!.at }).toEqual({ ...state, best: state.best!.at });
    }),
  );
});

test('a loss that is not a number is no improvement', () => {
  expect(over([NaN, NaN], { patience: 2 })).toMatchObject({ best: null, stop: true });
  expect(over([1, NaN], { patience: 2 }).best).toEqual({ at: 0, value: 1 });
});

test('once it has said stop it goes on saying so', () => {
  expect(over([1, 2, 0], { patience: 1 }).stop).toBe(true);
});
