import { expect, test } from 'vitest';
import { classification, generation, multiLabel, regression } from '../../../domain/task.ts';
import type { AnyOutput, DeclaredTask } from '../../../domain/task.ts';
import { checkOutputs, whyInvalid } from '../../../domain/check-output.ts';

const label = classification({ labels: ['a', 'b'] });
const labels = multiLabel({ labels: ['a', 'b'] });
const value = regression();
const text = generation();

test.each<[DeclaredTask, AnyOutput]>([
  [label, { label: 'a', scores: { a: 0.9, b: 0.1 } }],
  [labels, { labels: [], scores: { a: 0.1, b: 0.1 } }],
  [labels, { labels: ['a'], scores: { a: 0.9, b: 0.1 } }],
  [value, { value: -1e300 }],
  [text, { text: '' }],
])('an answer of the task %j passes', (task, output) => {
  expect(whyInvalid(task, output)).toBe(null);
});

test.each<[DeclaredTask, unknown, string]>([
  [label, null, 'it is null'],
  [label, { label: 'a', scores: { a: Number.NaN } }, 'the score of a is NaN'],
  // As a child process hands it over.
  [label, { label: 'a', scores: { a: null } }, 'the score of a is no number'],
  [label, { label: 'a', scores: { a: 1, b: Number.POSITIVE_INFINITY } }, 'the score of b is Infinity'],
  [label, { scores: { a: 1 } }, 'it answers undefined, which has no score'],
  [label, { label: 'c', scores: { a: 1 } }, 'it answers "c", which has no score'],
  [label, { label: 'toString', scores: { a: 1 } }, 'it answers "toString", which has no score'],
  [label, { value: 3 }, 'it has no scores'],
  [labels, { label: 'a', scores: { a: 1 } }, 'it has no labels'],
  [labels, { labels: ['c'], scores: { a: 1 } }, 'it answers "c", which has no score'],
  [value, { value: Number.NEGATIVE_INFINITY }, 'its value is -Infinity'],
  [value, { value: '3' }, 'its value is "3"'],
  [text, { text: null }, 'it has no text'],
])('of the task %j, %j is no answer', (task, output, why) => {
  expect(whyInvalid(task, output)).toBe(why);
});

test('the error counts the answers that could be none, and names the version', () => {
  const outputs = [{ value: 1 }, { value: Number.NaN }, { value: Number.NaN }];
  expect(() => checkOutputs('v7', value, outputs)).toThrow(
    expect.objectContaining({ code: 'DL_OUTPUT_INVALID', rows: 2, message: expect.stringContaining('v7') }),
  );
});
