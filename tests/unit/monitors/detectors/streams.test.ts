import { describe, expect, test } from 'vitest';
import { everyStream } from '../../../../monitors/detectors/streams/every-stream.ts';
import { exampleErrors, findingOf } from '../../../../monitors/detectors/streams/stream-detector.ts';
import type { StreamState } from '../../../../monitors/detectors/streams/stream-detector.ts';
import { randomShares } from '../../../support/random-shares.ts';

/** Values that every detector takes: errors, rare ones first, frequent ones after a change, and rare ones again. */
const errors = (seed: number): number[] => {
  const random = randomShares(seed);
  const stretch = (values: number, share: number) =>
    Array.from({ length: values }, () => (random() < share ? 1 : 0));
  return [...stretch(700, 0.08), ...stretch(500, 0.5), ...stretch(500, 0.1)];
};

/** Nobody may change what was frozen. */
function frozen<S>(state: S): S {
  for (const part of Object.values(state as object)) if (typeof part === 'object') Object.freeze(part);
  return Object.freeze(state);
}

const throughJson = <S>(state: S): S => JSON.parse(JSON.stringify(state)) as S;
const numbersIn = (state: object): number => Object.values(state).flat(Infinity).length;

/** The message and the fix of the refusal. */
function refusal(what: () => unknown): { code: string; message: string; fix: string } {
  try {
    what();
  } catch (error) {
    return error as { code: string; message: string; fix: string };
  }
  throw new Error('nothing was refused');
}

test('no two detectors share a name', () => {
  expect(new Set(everyStream.map(({ name }) => name)).size).toBe(everyStream.length);
  expect(everyStream).toHaveLength(11);
});

describe.each(everyStream.map((stream) => [stream.name, stream] as const))('%s', (_, stream) => {
  const detector = stream.create();
  const run = (xs: readonly number[], from: StreamState = detector.start()) => detector.observeAll(from, xs);

  test('its example is as it says', () => {
    const isErrors = stream.feeds === 'errors';
    const { driftIndices } = run(exampleErrors().map((error) => (isErrors ? error : 1 - error)));
    expect(driftIndices).toEqual(stream.example.drifts);
  });

  test('value by value, in bulk, and out of JSON at any point, the answers are the same', () => {
    const xs = errors(1);
    const { state, driftIndices, warningIndices } = run(xs);
    let byOne = frozen(detector.start());
    const found: number[] = [];
    const warned: number[] = [];
    for (const [i, x] of xs.entries()) {
      byOne = frozen(detector.observe(byOne, x));
      if (byOne.drift) found.push(i);
      if (byOne.warning) warned.push(i);
      if (i % 97 === 0) byOne = frozen(throughJson(byOne));
    }
    expect(byOne).toEqual(state);
    expect(found).toEqual(driftIndices);
    expect(warned).toEqual(warningIndices);
    for (const cut of [0, 1, 33, 699, 1_201]) {
      const first = run(xs.slice(0, cut));
      const second = run(xs.slice(cut), frozen(throughJson(first.state)));
      expect([...first.driftIndices, ...second.driftIndices.map((i) => i + cut)]).toEqual(driftIndices);
      expect(second.state).toEqual(state);
    }
  });

  test('it keeps no more however long the stream is, and its numbers are numbers', () => {
    const long = Array.from({ length: 8 }, (_, seed) => errors(seed)).flat();
    const { state } = run(long);
    expect(numbersIn(state)).toBeLessThan(300);
    const { state: constant } = run(Array.from({ length: 2_000 }, () => 1));
    for (const kept of [state, constant]) expect(throughJson(kept)).toEqual(kept);
  });

  test('it finds a change, and says nothing before it can', () => {
    const xs = errors(7).map((error) => (stream.feeds === 'errors' ? error : 1 - error));
    const { driftIndices, warningIndices } = run(xs);
    expect(driftIndices.some((i) => i >= 700 && i < 1_200)).toBe(true);
    expect(Math.min(...driftIndices, ...warningIndices)).toBeGreaterThanOrEqual(detector.silentFor - 1);
  });

  test('what it says is one word, and a drift is more than a warning', () => {
    expect(findingOf(detector.start())).toBe('steady');
    expect(findingOf({ drift: false, warning: true })).toBe('suspected');
    expect(findingOf({ drift: true, warning: true })).toBe('detected');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e200, '1', null, undefined])(
    '%s is refused, and nothing is lost',
    (wrong) => {
      const { state } = run(errors(3).slice(0, 400));
      const before = JSON.stringify(state);
      for (const refused of [
        refusal(() => detector.observe(state, wrong as number)),
        refusal(() => detector.observeAll(state, [0, 1, wrong as number, 1])),
      ]) {
        expect(refused).toMatchObject({ code: 'DL_STATISTIC_INPUT' });
        expect(refused.message).toContain(String(wrong));
        expect(refused.fix).toContain(stream.name);
      }
      expect(refusal(() => detector.observeAll(state, [0, 1, wrong as number])).message).toContain('index 2');
      expect(JSON.stringify(state)).toBe(before);
    },
  );

  test('a value out of its range is refused', () => {
    const outside = { bit: 0.5, share: 1.001, number: -1e151 }[stream.takes];
    expect(refusal(() => detector.observe(detector.start(), outside)).code).toBe('DL_STATISTIC_INPUT');
  });

  test('a knob out of its range is named, with what it may be', () => {
    for (const [name, { allowed }] of Object.entries(stream.knobs)) {
      const { code, message, fix } = refusal(() => stream.create({ [name]: Number.NaN }));
      expect(code).toBe('DL_DETECTOR_PARAMS');
      expect(message).toContain(`"${name}" must be ${allowed}`);
      expect(fix).toContain(name);
    }
    expect(refusal(() => stream.create({ loudness: 11 })).message).toContain('no knob "loudness"');
  });
});
