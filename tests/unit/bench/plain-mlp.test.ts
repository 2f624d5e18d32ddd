import { expect, test } from 'vitest';
import { predictMlp, trainMlp, type Matrix } from '../../bench/policy/plain-mlp.ts';

/** XOR of the signs of the first two columns; the third is constant until it jumps. */
function xorRows(n: number, jump: number): { data: Matrix; labels: Uint8Array } {
  const values = new Float32Array(n * 3);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i += 1) {
    const [a, b] = [Math.sin(i * 12.9), Math.cos(i * 78.2)];
    values.set([a, b, 0.42 + (i < n / 2 ? 0 : jump)], i * 3);
    labels[i] = a * b > 0 ? 1 : 0;
  }
  return { data: { values, rows: n, columns: 3 }, labels };
}
const accuracy = (jump: number, seed = 1) => {
  const { data, labels } = xorRows(1_000, jump);
  const mlp = trainMlp(data, labels, { from: 0, to: 500, classes: 2, seed });
  return predictMlp(mlp, data, 500, 1_000).filter((label, i) => label === labels[500 + i]).length / 500;
};

test('it learns what no straight line can', () => {
  expect(accuracy(0)).toBeGreaterThan(0.95);
});

test('a column that was constant in the training rows does no harm when it moves', () => {
  expect(accuracy(0.01)).toBe(accuracy(0));
});

test('the same seed gives the same network', () => {
  const { data, labels } = xorRows(200, 0);
  const train = (seed: number) => trainMlp(data, labels, { from: 0, to: 200, classes: 2, seed }).weights;
  expect(train(1)).toEqual(train(1));
  expect(train(1)).not.toEqual(train(2));
});
