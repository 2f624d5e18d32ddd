import { expect, test } from 'vitest';
import { findLeaks, refuseLeaks } from '../../../../training/data/leakage.ts';

const example = (text: string, entity?: string) => ({
  input: { text },
  label: 'a',
  ...(entity === undefined ? {} : { entity }),
});

test('the same content or the same entity on two sides is found, within a side it is not', () => {
  const parts = {
    train: [example('one', 'ann'), example('one', 'ann'), example('two', 'bob')],
    test: [example('ONE', 'cid'), example('three', 'bob'), example('four')],
  };
  expect(findLeaks(parts)).toEqual([
    { kind: 'content', parts: ['train', 'test'], at: [0, 0] },
    { kind: 'entity', parts: ['train', 'test'], at: [2, 1] },
  ]);
});

test('splits that leak are refused, with where and what to do', () => {
  const rows = ['a', 'b', 'c', 'd'].map((text) => example(text));
  expect(() => refuseLeaks({ train: rows, test: rows })).toThrowError(
    expect.objectContaining({
      code: 'DL_SPLITS_LEAK',
      message:
        'The splits share rows: train row 1 and test row 1 (same content), train row 2 and test row 2 (same content), train row 3 and test row 3 (same content), and 1 more.',
      fix: 'Remove these rows from "train" or from "test".',
    }),
  );
  expect(() => refuseLeaks({ train: [example('a', 'ann')], test: [example('b', 'ann')] })).toThrowError(
    expect.objectContaining({ code: 'DL_SPLITS_LEAK', fix: expect.stringContaining('by entity') }),
  );
  refuseLeaks({ train: rows, test: [example('e')] });
});
