/**
 * Maximum mean discrepancy: do two sets of rows, embeddings for one, have the same distribution?
 *
 *     k(x, y) = exp( −‖x − y‖² / (2·sigma²) )
 *     MMD² = mean k(x, x′) + mean k(y, y′) − 2 · mean k(x, y),   pairs of a row with itself left out
 *
 * Unbiased, so it may fall a little below 0. `sigma` is how far apart rows still count as near; left out, it is the root
 * of half the median squared distance of all pairs. p is the share of drawn splits with an MMD² at least as large.
 * Of more than `most_rows` rows so many are taken, evenly: time and memory grow with their square.
 *
 * Source: A. Gretton et al., "A kernel two-sample test", JMLR 13 (2012). Agrees with frouros and alibi-detect.
 */
import { shuffle } from '../../../statistics/drawer.ts';
import { permutationShare } from '../../../statistics/permutation.ts';
import { number, optional, whole } from '../knobs.ts';
import { asRows, defineSampleTest, exampleRows } from './sample-test.ts';

type Rows = readonly (readonly number[])[];

export const mmd = defineSampleTest({
  name: 'mmd',
  also: ['maximum-mean-discrepancy'],
  answers: 'Do two sets of rows, such as embeddings, have the same distribution?',
  measures: 'MMD², unbiased: about 0 where nothing has changed, at most 2',
  takes: ['rows', 'numbers'],
  knobs: {
    sigma: optional(number(1, { above: 0 }, 'how far apart rows still count as near; null takes the median')),
    permutations: whole(
      999,
      { atLeast: 0, atMost: 100_000 },
      'how many splits the p-value is drawn from; 0 gives none',
    ),
    seed: whole(0, { atLeast: 0 }, 'of the splits'),
    most_rows: whole(
      1_000,
      { atLeast: 2, atMost: 5_000 },
      'rows of each side that are looked at: more sees more, slower',
    ),
  },
  source: 'A. Gretton et al., "A kernel two-sample test", JMLR 13 (2012); as frouros and alibi-detect',
  example: { ...exampleRows, statistic: 1.288824, pValue: 0.104 },
  compare(reference, current, { sigma, permutations, seed, most_rows }) {
    const [x, y] = [evenly(asRows(reference), most_rows), evenly(asRows(current), most_rows)];
    const squares = squaredDistances([...x, ...y]);
    const kernel = kernelOf(squares, sigma ?? medianSigma(squares, x.length + y.length));
    const { unbiased } = discrepancy(kernel, x.length, y.length);
    if (permutations === 0) return { statistic: unbiased, pValue: null };
    const order = Int32Array.from({ length: x.length + y.length }, (_, i) => i);
    return {
      statistic: unbiased,
      pValue: permutationShare(unbiased, { permutations, seed }, (draw) => {
        shuffle(order, draw);
        return discrepancy(kernel, x.length, y.length, order).unbiased;
      }),
    };
  },
});

/** So many rows at even distances, or all of them. */
const evenly = (rows: Rows, most: number): Rows =>
  rows.length <= most
    ? rows
    : Array.from({ length: most }, (_, i) => rows[Math.floor((i * rows.length) / most)]!);

/** ‖xᵢ − xⱼ‖² of all pairs, row by row. */
export function squaredDistances(rows: Rows): Float64Array {
  const n = rows.length;
  const squares = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < i; j += 1) {
      let sum = 0;
      for (let k = 0; k < rows[i]!.length; k += 1) sum += (rows[i]![k]! - rows[j]![k]!) ** 2;
      squares[i * n + j] = squares[j * n + i] = sum;
    }
  return squares;
}

/** The root of half the median squared distance of all pairs. */
export function medianSigma(squares: Float64Array, n: number): number {
  const pairs = new Float64Array((n * (n - 1)) / 2);
  let at = 0;
  for (let i = 0; i < n; i += 1) for (let j = 0; j < i; j += 1) pairs[at++] = squares[i * n + j]!;
  pairs.sort();
  const middle = (pairs[Math.floor((pairs.length - 1) / 2)]! + pairs[Math.floor(pairs.length / 2)]!) / 2;
  return Math.sqrt(middle / 2) || 1;
}

export const kernelOf = (squares: Float64Array, sigma: number): Float64Array =>
  squares.map((square) => Math.exp(-square / (2 * sigma ** 2)));

/** MMD² of the first n and the last m rows of an order; `biased` takes the pairs of a row with itself in. */
export function discrepancy(
  kernel: Float64Array,
  n: number,
  m: number,
  order?: Int32Array,
): { unbiased: number; biased: number } {
  const all = n + m;
  let [within, among, between] = [0, 0, 0];
  for (let i = 0; i < all; i += 1) {
    const row = (order ? order[i]! : i) * all;
    for (let j = 0; j < i; j += 1) {
      const k = kernel[row + (order ? order[j]! : j)]!;
      if (i < n) within += k;
      else if (j < n) between += k;
      else among += k;
    }
  }
  const cross = (2 * between) / (n * m);
  return {
    unbiased: (2 * within) / (n * (n - 1)) + (2 * among) / (m * (m - 1)) - cross,
    biased: (2 * within + n) / n ** 2 + (2 * among + m) / m ** 2 - cross,
  };
}
