import { describe, expect, test } from 'vitest';
import { everySampleTest } from '../../../../monitors/detectors/samples/every-sample-test.ts';
import type { Sample } from '../../../../monitors/detectors/samples/sample-test.ts';
import { everyStream } from '../../../../monitors/detectors/streams/every-stream.ts';
import { DriftloopError } from '../../../../domain/errors.ts';
import { randomShares } from '../../../support/random-shares.ts';

/** A sample of a kind that the test takes, moved by so much. */
function sampleOf(takes: readonly string[], size: number, seed: number, moved: number): Sample {
  const random = randomShares(seed);
  const value = () => random() + random() + moved;
  const of = <T>(make: () => T) => Array.from({ length: size }, make);
  if (takes[0] === 'rows') return of(() => [value(), value()]);
  if (takes[0] === 'categories')
    return of(() => ['low', 'middle', 'high'][Math.min(2, Math.floor(value()))]!);
  return of(value);
}

const refused = (what: () => unknown): DriftloopError => {
  try {
    what();
  } catch (error) {
    if (error instanceof DriftloopError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

test('no two methods share a name, not even one of the other names', () => {
  const names = [
    ...everySampleTest.flatMap(({ name, also = [] }) => [name, ...also]),
    ...everyStream.map(({ name }) => name),
  ];
  expect(new Set(names).size).toBe(names.length);
});

describe.each(everySampleTest.map((method) => [method.name, method] as const))('%s', (_, method) => {
  const { example, takes } = method;

  test('its example is as it says', () => {
    const { statistic, pValue } = method.compare(example.reference, example.current);
    expect(statistic).toBeCloseTo(example.statistic, 5);
    if (example.pValue === null) expect(pValue).toBeNull();
    else expect(pValue).toBeCloseTo(example.pValue, 5);
  });

  test('it tells a shift from none, says the same again, and leaves its samples alone', () => {
    const reference = Object.freeze(sampleOf(takes, 120, 1, 0));
    const params = 'permutations' in method.knobs ? { permutations: 199, seed: 4 } : {};
    const same = method.compare(reference, sampleOf(takes, 120, 2, 0), params);
    const moved = method.compare(reference, Object.freeze(sampleOf(takes, 120, 3, 0.5)), params);
    expect(same.pValue).toBeGreaterThan(0.01);
    expect(moved.pValue).toBeLessThanOrEqual(0.005);
    expect(method.compare(reference, sampleOf(takes, 120, 3, 0.5), params)).toEqual(moved);
  });

  test('samples that are empty, have gaps or are of another kind are refused', () => {
    const sound = sampleOf(takes, 20, 1, 0);
    const gap = (
      takes[0] === 'rows' ? [[1, Number.NaN]] : takes[0] === 'categories' ? ['a', null] : [1, Number.NaN]
    ) as Sample;
    const other = (takes.includes('rows') ? ['a', 'b'] : [[1, 2]]) as Sample;
    for (const wrong of [[], gap, other]) {
      expect(refused(() => method.compare(sound, wrong)).code).toBe('DL_STATISTIC_INPUT');
      expect(refused(() => method.compare(wrong, sound)).code).toBe('DL_STATISTIC_INPUT');
    }
  });

  test('a knob out of its range is named, with what it may be', () => {
    for (const [name, { allowed }] of Object.entries(method.knobs)) {
      const { code, message } = refused(() =>
        method.compare(example.reference, example.current, { [name]: {} }),
      );
      expect(code).toBe('DL_DETECTOR_PARAMS');
      expect(message).toContain(`"${name}" must be ${allowed}`);
    }
  });
});
