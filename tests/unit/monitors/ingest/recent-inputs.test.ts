import { expect, test } from 'vitest';
import type { PredictionRow } from '../../../../domain/ingest-ports.ts';
import { number } from '../../../../domain/input.ts';
import { createRecentInputs } from '../../../../monitors/ingest/recent-inputs.ts';

const inputOf = () => ({ a: number(), b: number() });
const row = (input: PredictionRow['input'], version = 'v1') =>
  ({ model: 'm', version, input }) as PredictionRow;

test('an input that comes again is noticed, however it is written, in a batch and between two', () => {
  const recent = createRecentInputs();
  const first = [
    row({ a: 1, b: 2 }),
    row({ b: 2, a: 1, undeclared: 7 }),
    row({ a: 1, b: null }),
    row({ a: 1 }),
  ];
  expect(recent.look(first, inputOf).repeated).toEqual([first[1], first[3]]);
  // A batch that had no effect is no copy of itself when it is tried again.
  const { repeated, remember } = recent.look(first, inputOf);
  expect(repeated).toHaveLength(2);
  remember();
  expect(recent.look(first, inputOf).repeated).toHaveLength(4);
  // A challenger that answers the same rows does not repeat them.
  expect(recent.look([row({ a: 1, b: 2 }, 'v2')], inputOf).repeated).toEqual([]);
});

test('no more is remembered than is asked for, and the oldest is forgotten first', () => {
  const recent = createRecentInputs(2);
  const rows = [1, 2, 1, 3].map((a) => row({ a }));
  recent.look(rows, inputOf).remember();
  expect(recent.look([row({ a: 1 }), row({ a: 2 }), row({ a: 3 })], inputOf).repeated).toEqual([
    row({ a: 1 }),
    row({ a: 3 }),
  ]);
});
