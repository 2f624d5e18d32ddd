import { expect, test } from 'vitest';
import { cosineRate, planSteps } from '../../../../training/tabular/schedule.ts';

const plan = { batchSize: 64, epochs: 60, minSteps: 1000, maxSteps: 4000 };

test('epochs are bounded by steps on both sides', () => {
  expect(planSteps(250, plan)).toEqual({ stepsPerEpoch: 4, steps: 1000 });
  expect(planSteps(2000, plan)).toEqual({ stepsPerEpoch: 32, steps: 1920 });
  expect(planSteps(4531, plan)).toEqual({ stepsPerEpoch: 71, steps: 4000 });
});

test('the rate falls along a cosine, from the whole at the first step to nothing after the last', () => {
  expect(cosineRate(3e-3, 0, 100)).toBe(3e-3);
  expect(cosineRate(3e-3, 50, 100)).toBeCloseTo(1.5e-3, 12);
  expect(cosineRate(3e-3, 100, 100)).toBe(0);
});
