import { expect, test } from 'vitest';
import { inMessages } from '../../../../infra/tensorflow/child-predictor.ts';

test('rows of long texts go in several messages, in their order, and one that is too long goes alone', () => {
  const row = (length: number) => ({ text: 'x'.repeat(length), n: 1 });
  const sizes = (lengths: number[]) =>
    inMessages(lengths.map(row), 10).map((part) => part.map(({ text }) => String(text).length));
  expect(sizes([4, 4, 4, 20, 1, 0])).toEqual([[4, 4], [4], [20], [1, 0]]);
  expect(sizes([0, 0, 0])).toEqual([[0, 0, 0]]);
});
