import { expect, test } from 'vitest';
import { rarestLabel } from '../../../training/rarest-label.ts';

test('each row stands for the one of its labels that the fewest rows have', () => {
  const rows = [['a', 'b'], ['a', 'c'], ['a'], ['b', 'a'], []].map((labels) => ({ labels }));
  expect(rows.map(rarestLabel(rows))).toEqual(['b', 'c', 'a', 'b', '']);
});
