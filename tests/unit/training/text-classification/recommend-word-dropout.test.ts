import { expect, test } from 'vitest';
import { lora } from '../../../../domain/fine-tune-config.ts';
import { recommendWordDropout } from '../../../../training/text-classification/recommend-word-dropout.ts';

const few = { task: 'text', rows: 400, classes: 39, weights: 6e5, memoryBytes: null } as const;

test('words are left out where a small base learns from few examples, and it says why', () => {
  expect(recommendWordDropout(few, {})).toEqual({
    wordDropout: 0.3,
    said: [
      {
        name: 'left out',
        value: '30 % of the words of a text, others each time',
        because:
          'of fewer than 30 examples a label each would be known by a word or two that it has by chance',
      },
    ],
  });
});

test('nothing is left out of many, from scratch, or for a base that knows more', () => {
  for (const other of [{ rows: 1_170 }, { weights: null }, { weights: 110e6 }])
    expect(recommendWordDropout({ ...few, ...other }, {})).toEqual({ wordDropout: 0, said: [] });
});

test('what is wished is taken', () => {
  expect(recommendWordDropout(few, lora({ wordDropout: 0 }))).toEqual({ wordDropout: 0, said: [] });
  expect(recommendWordDropout({ ...few, rows: 4_000 }, lora({ wordDropout: 0.15 }))).toMatchObject({
    wordDropout: 0.15,
    said: [{ value: '15 % of the words of a text, others each time', because: 'it was asked for' }],
  });
});
