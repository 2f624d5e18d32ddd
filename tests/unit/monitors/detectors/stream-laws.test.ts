import { expect, test } from 'vitest';
import { confidenceSequence } from '../../../../monitors/detectors/streams/confidence-sequence.ts';
import { cusum } from '../../../../monitors/detectors/streams/cusum.ts';
import { eddm } from '../../../../monitors/detectors/streams/eddm.ts';
import { stepd } from '../../../../monitors/detectors/streams/stepd.ts';
import { randomShares } from '../../../support/random-shares.ts';

const stream = (values: number, share: number, random: () => number): number[] =>
  Array.from({ length: values }, () => (random() < share ? 1 : 0));
const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

test('a confidence sequence fires without a drop in at most alpha of all streams, for all time', () => {
  const alpha = 0.2;
  for (const params of [
    { alpha, expected: 0.9 },
    { alpha, reference_size: 100 },
  ]) {
    const detector = confidenceSequence.create({ ...params, warning_alpha: 0.5 });
    const fired = Array.from({ length: 300 }, (_, seed) => stream(2_000, 0.9, randomShares(seed))).filter(
      (xs) => detector.observeAll(detector.start(), xs).driftIndices.length > 0,
    );
    expect(fired.length / 300).toBeLessThanOrEqual(alpha);
  }
});

test('it finds a late drop nearly as soon as an early one, and a rise with mode "up"', () => {
  const detector = confidenceSequence.create({ expected: 0.9 });
  const delay = (quiet: number, seed: number): number => {
    const random = randomShares(seed);
    const xs = [...stream(quiet, 0.9, random), ...stream(1_000, 0.7, random)];
    return detector.observeAll(detector.start(), xs).driftIndices.find((i) => i >= quiet)! - quiet;
  };
  const meanDelay = (quiet: number) =>
    Array.from({ length: 20 }, (_, seed) => delay(quiet, seed)).reduce((sum, of) => sum + of / 20, 0);
  const [early, late] = [meanDelay(1_000), meanDelay(20_000)];
  expect(early).toBeGreaterThan(20);
  expect(late - early).toBeLessThan(80);

  const up = confidenceSequence.create({ mode: 'up' });
  const random = randomShares(6);
  const errors = [...stream(1_500, 0.1, random), ...stream(500, 0.4, random)];
  expect(up.observeAll(up.start(), errors).driftIndices[0]).toBeGreaterThan(1_499);
});

test('values that are no bits have a level too, and a level of one breaks with the first value below it', () => {
  const random = randomShares(8);
  const losses = confidenceSequence.create();
  const shares = Array.from({ length: 2_000 }, (_, i) => (i < 1_500 ? 0.6 + 0.4 * random() : 0.4 * random()));
  expect(losses.observeAll(losses.start(), shares).driftIndices[0]).toBeGreaterThan(1_499);
  const sure = confidenceSequence.create({ expected: 1 });
  expect(sure.observeAll(sure.start(), [1, 1, 1, 0]).driftIndices).toEqual([3]);
});

test('CUSUM alarms as rarely as Siegmund says', () => {
  const limit = 4;
  const detector = cusum.create({ mean: 0, deviation: 1, limit, warning_limit: limit, mode: 'up' });
  const random = randomShares(1);
  const normals = Array.from(
    { length: 200_000 },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
  const alarms = detector.observeAll(detector.start(), normals).driftIndices.length;
  const b = limit + 1.166;
  const expected = normals.length / ((Math.exp(b) - b - 1) / 0.5);
  expect(Math.abs(alarms / expected - 1)).toBeLessThan(0.15);
});

test('CUSUM learns on while all values are alike', () => {
  const detector = cusum.create({ warm_start: 10 });
  const { state, driftIndices } = detector.observeAll(detector.start(), ones(500));
  expect(state.isLearning).toBe(true);
  expect(driftIndices).toEqual([]);
});

test('STEPD calls a stream without errors a drift, as frouros does, unless told not to', () => {
  const [asFrouros, sane] = [stepd.create(), stepd.create({ ignores_constant: true })];
  expect(asFrouros.observeAll(asFrouros.start(), ones(130)).driftIndices).toEqual([59, 119]);
  expect(sane.observeAll(sane.start(), ones(130)).driftIndices).toEqual([]);
});

test('what must hold between two knobs is said', () => {
  expect(() => eddm.create({ alpha: 0.5 })).toThrow('"alpha" must be at least "beta"');
  expect(() => stepd.create({ alpha_w: 0.001 })).toThrow('"alpha_w" must be above "alpha_d"');
});
