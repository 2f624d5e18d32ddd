import { expect, test } from 'vitest';
import { isEnough, patienceRows, tailRows, type EndingFacts } from '../../../../cli/demo/ending.ts';

const simulated: EndingFacts = {
  until: 'end',
  answered: 3_000,
  planned: 2_800,
  sincePromotion: 900,
  isEndless: true,
  isRunInFlight: false,
};

test('a simulation ends when its rows are played and the loop has closed', () => {
  expect(isEnough(simulated)).toBe(true);
  expect(isEnough({ ...simulated, answered: 2_799 })).toBe(false);
});

test('a simulation is played on until a promotion and the rows after it', () => {
  expect(isEnough({ ...simulated, sincePromotion: null, answered: 20_000 })).toBe(false);
  expect(isEnough({ ...simulated, sincePromotion: tailRows - 1 })).toBe(false);
});

test('a simulation waits for a run in flight, but not for ever', () => {
  expect(isEnough({ ...simulated, isRunInFlight: true })).toBe(false);
  expect(isEnough({ ...simulated, isRunInFlight: true, answered: 2_800 + patienceRows })).toBe(true);
});

test('until promoted ends soon after the promotion, whatever was planned', () => {
  expect(isEnough({ ...simulated, until: 'promoted', answered: 500, sincePromotion: tailRows })).toBe(true);
  expect(isEnough({ ...simulated, until: 'promoted', sincePromotion: null })).toBe(false);
});

test('a file is played to its end and no further', () => {
  const file = { ...simulated, isEndless: false, sincePromotion: null, isRunInFlight: true };
  expect(isEnough({ ...file, answered: 2_800 })).toBe(true);
  expect(isEnough({ ...file, answered: 2_799 })).toBe(false);
});
