/**
 * Splits of rows into two parts with the same share of each class, drawn again and again. Draws as NumPy's RandomState
 * and scikit-learn's StratifiedShuffleSplit do, so that the same seed gives the same splits, and a decision that rests on
 * them (does this model need calibration?) falls as theirs does.
 */
import { mersenne } from 'pure-rand/generator/mersenne';

export type Split = Readonly<{ train: readonly number[]; test: readonly number[] }>;

type Options = Readonly<{ splits: number; testShare: number; seed: number }>;

/** @param classes 0 or 1 of each row */
export function stratifiedSplits(classes: ArrayLike<number>, { splits, testShare, seed }: Options): Split[] {
  const members: number[][] = [[], []];
  for (let i = 0; i < classes.length; i += 1) members[classes[i] ? 1 : 0]!.push(i);
  const strata = members.filter((rows) => rows.length > 0);
  const tests = Math.ceil(testShare * classes.length);
  const draw = drawUpTo(seed);
  return Array.from({ length: splits }, () => {
    const sizes = strata.map((rows) => rows.length);
    const trained = apportion(sizes, classes.length - tests, draw);
    const tested = apportion(
      sizes.map((size, k) => size - trained[k]!),
      tests,
      draw,
    );
    const [train, test]: [number[], number[]] = [[], []];
    for (const [k, rows] of strata.entries()) {
      const order = permuted(rows, draw);
      train.push(...order.slice(0, trained[k]));
      test.push(...order.slice(trained[k], trained[k]! + tested[k]!));
    }
    // Theirs are shuffled once more; the order does not matter here, the draws do.
    return { train: permuted(train, draw), test: permuted(test, draw) };
  });
}

/** How many of each class are taken, as near to their shares as whole numbers come; equal remainders by lot. */
function apportion(sizes: readonly number[], draws: number, draw: (most: number) => number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const wanted = sizes.map((size) => (size / all) * draws);
  const taken = wanted.map(Math.floor);
  let left = draws - taken.reduce((sum, n) => sum + n, 0);
  const remainders = wanted.map((want, k) => want - taken[k]!);
  for (const value of [...new Set(remainders)].sort((a, b) => b - a)) {
    if (left === 0) break;
    const alike = remainders.flatMap((remainder, k) => (remainder === value ? [k] : []));
    const chosen = permuted(alike, draw).slice(0, left);
    for (const k of chosen) taken[k]! += 1;
    left -= chosen.length;
  }
  return taken;
}

function permuted(entries: readonly number[], draw: (most: number) => number): number[] {
  const order = [...entries];
  for (let i = order.length - 1; i > 0; i -= 1) {
    const k = draw(i);
    [order[i], order[k]] = [order[k]!, order[i]!];
  }
  return order;
}

/** Whole numbers from 0 to a bound, by masking and drawing again, as NumPy does. */
function drawUpTo(seed: number): (most: number) => number {
  const generator = mersenne(seed);
  return (most) => {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const value = (generator.next() & mask) >>> 0;
      if (value <= most) return value;
    }
  };
}
