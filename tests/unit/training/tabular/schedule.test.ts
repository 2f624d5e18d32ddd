import { expect, test } from 'vitest';
import { rateAt, planSteps } from '../../../../training/tabular/schedule.ts';

const plan = { batchSize: 64, epochs: 60, minSteps: 1000, maxSteps: 4000 };

test('epochs are bounded by steps on both sides', () => {
  expect(planSteps(250, plan)).toEqual({ stepsPerEpoch: 4, steps: 1000 });
  expect(planSteps(2000, plan)).toEqual({ stepsPerEpoch: 32, steps: 1920 });
  expect(planSteps(4531, plan)).toEqual({ stepsPerEpoch: 71, steps: 4000 });
});

const rate = { learningRate: 3e-3, schedule: 'cosine', warmupShare: 0 } as const;

test('the rate falls along a cosine, from the whole at the first step to nothing after the last', () => {
  expect(rateAt(rate, 0, 100)).toBe(3e-3);
  expect(rateAt(rate, 50, 100)).toBeCloseTo(1.5e-3, 12);
  expect(rateAt(rate, 100, 100)).toBe(0);
});

test('it can rise first, and fall in a line or stay', () => {
  const half = { learningRate: 1, warmupShare: 0.5 } as const;
  expect([0, 25, 50, 75, 100].map((step) => rateAt({ ...half, schedule: 'linear' }, step, 100))).toEqual([
    0, 0.5, 1, 0.5, 0,
  ]);
  expect(rateAt({ ...half, schedule: 'constant' }, 99, 100)).toBe(1);
});
