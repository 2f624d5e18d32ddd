/**
 * A bound before there are blocks enough to rank: what the evidence of a block comes to on rows that are drawn again
 * from the reference, in stretches of geometric length so that neighbours stay neighbours (stationary bootstrap). Each
 * draw learns the shares from one such stretch of rows and sums up evidence over another, for the reference itself is
 * no surer than that. Beyond the highest fifth of the draws evidence falls exponentially, as that of sums does.
 *
 * Source: D. N. Politis and J. P. Romano, "The stationary bootstrap", JASA 89 (1994).
 */
import { drawer } from '../../statistics/drawer.ts';
import { adder, inflationsOf, testsOfRows } from './evidence.ts';

/** Draws of a block; rows of one draw at most, a longer block is made of so many alike. */
const DRAWS = 200;
const DRAWN_ROWS = 1_000;
const SEED = 1;
/** Above this share of the draws the tail is fitted. */
const TAIL = 0.2;

/**
 * @param reference packed rows, answers from 0 to below `answers`
 * @param p how probable it may be that a block of `blockRows` rows without a change passes the bound
 */
export function firstBound(
  reference: readonly number[],
  answers: number,
  { blockRows, p }: { blockRows: number; p: number },
): number {
  const draw = drawer(SEED);
  const inflations = inflationsOf(reference, answers);
  const stretch = Math.ceil(2 * Math.max(...inflations) * Math.cbrt(reference.length));
  const again = (rows: number): Int32Array => {
    let at = draw(reference.length);
    return Int32Array.from({ length: rows }, () => {
      at = draw(stretch) === 0 ? draw(reference.length) : (at + 1) % reference.length;
      return reference[at]!;
    });
  };
  const rows = Math.min(blockRows, DRAWN_ROWS);
  const evidence = Array.from({ length: DRAWS }, () => {
    const tests = testsOfRows(again(reference.length), answers, inflations);
    const sums = new Float64Array(tests.length);
    let best = 0;
    const add = adder(tests, sums);
    for (const row of again(rows)) best = Math.max(best, sums[add(row)]!);
    return best;
  }).sort((a, b) => a - b);
  const from = Math.floor(DRAWS * (1 - TAIL));
  const tail = evidence.slice(from);
  const meanExcess = tail.reduce((sum, value) => sum + value - tail[0]!, 0) / tail.length;
  return tail[0]! + meanExcess * Math.log((TAIL * (blockRows / rows)) / p);
}
