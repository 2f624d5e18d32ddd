import { expect, test } from 'vitest';
import { classification, regression } from '../../../../domain/task.ts';
import { outputsOf } from '../../../../infra/model-server/client.ts';

const task = classification({ labels: ['stay', 'leave'] });

test('scores are read by the order of the labels, nested or flat; a value is one number a row', () => {
  const read = [{ scores: { stay: 0.9, leave: 0.1 } }, { scores: { stay: 0.2, leave: 0.8 } }];
  expect(outputsOf({ task }, 2, { name: 'scores', data: [0.9, 0.1, 0.2, 0.8] })).toEqual(read);
  const nested = [
    [0.9, 0.1],
    [0.2, 0.8],
  ];
  expect(outputsOf({ task }, 2, { name: 'scores', data: nested })).toEqual(read);
  const values = { name: 'value', data: [[1], [2]] };
  expect(outputsOf({ task: regression() }, 2, values)).toEqual([{ value: 1 }, { value: 2 }]);
});

test('too few are no answer', () => {
  expect(outputsOf({ task }, 2, { name: 'scores', data: [1, 0, 1] })).toEqual({
    problem: '"scores" has 3 elements, and 2 rows of 2 were asked for',
  });
});
