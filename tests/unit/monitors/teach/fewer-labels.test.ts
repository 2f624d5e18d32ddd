import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, test } from 'vitest';
import { tieOf } from '../../../../monitors/teach/uncertainty.ts';

/**
 * What picking by uncertainty buys, on a seeded stream: a logistic regression that asks about its ties, and the same one
 * that asks at random, both tested on rows that were drawn at random.
 */
const DIMENSIONS = 12;

type Row = { x: number[]; y: 0 | 1 };

function stream(seed: number, n: number): Row[] {
  const generator = xoroshiro128plus(seed);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - uniformFloat64(generator))) *
    Math.cos(2 * Math.PI * uniformFloat64(generator));
  const border = Array.from({ length: DIMENSIONS }, (_, i) => (i % 2 === 0 ? 1 : -1));
  return Array.from({ length: n }, () => {
    const x = Array.from({ length: DIMENSIONS }, normal);
    return { x, y: x.reduce((sum, v, i) => sum + v * border[i]!, 0) > 1 ? 1 : 0 };
  });
}

const p = (w: readonly number[], x: readonly number[]) =>
  1 / (1 + Math.exp(-x.reduce((sum, v, i) => sum + v * w[i]!, w[DIMENSIONS]!)));

function fit(rows: readonly Row[]): number[] {
  const w = Array.from({ length: DIMENSIONS + 1 }, () => 0);
  for (let step = 0; step < 300; step += 1) {
    const slope = w.map((v) => 0.002 * v);
    for (const { x, y } of rows) {
      const wrong = (p(w, x) - y) / rows.length;
      for (let i = 0; i < DIMENSIONS; i += 1) slope[i]! += wrong * x[i]!;
      slope[DIMENSIONS]! += wrong;
    }
    slope.forEach((v, i) => (w[i]! -= 2 * v));
  }
  return w;
}

const accuracy = (w: readonly number[], test: readonly Row[]) =>
  test.filter(({ x, y }) => (p(w, x) >= 0.5 ? 1 : 0) === y).length / test.length;

/** Labels until it is right so often; it begins with ten, and asks ten at a time. */
function labelsUntil(wanted: number, seed: number, asks: 'ties' | 'at random'): number {
  const [pool, tested] = [stream(seed, 1_500), stream(seed + 1_000, 1_500)];
  const known = pool.splice(0, 10);
  for (;;) {
    const w = fit(known);
    if (accuracy(w, tested) >= wanted || known.length >= 700) return known.length;
    if (asks === 'ties') pool.sort((a, b) => tie(w, b) - tie(w, a));
    known.push(...pool.splice(0, 10));
  }
}
const tie = (w: readonly number[], { x }: Row) => {
  const yes = p(w, x);
  return tieOf({ kind: 'classification' }, { yes, no: 1 - yes })!.tie;
};

test('who asks about its ties is as good with at most two thirds of the labels', () => {
  const seeds = [1, 2, 3];
  const ties = seeds.map((seed) => labelsUntil(0.95, seed, 'ties'));
  const random = seeds.map((seed) => labelsUntil(0.95, seed, 'at random'));
  const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
  expect(Math.max(...ties)).toBeLessThan(700);
  expect(sum(ties) / sum(random), `${ties.join()} against ${random.join()}`).toBeLessThan(2 / 3);
});
