/**
 * Paired bootstrap: how far would a figure swing if other rows had come? Rows are drawn again with replacement, champion
 * and challenger always together, so that what both find hard cancels out.
 *
 * The interval holds the middle `confidence` of the resampled figures; `p` is one-sided, (1 + #{figure ≤ 0}) / (B + 1):
 * small when the figure, a difference, is above zero whatever the rows. Seeded: the same rows give the same answer.
 *
 * Source: B. Efron and R. J. Tibshirani, "An introduction to the bootstrap" (1993), chapters 13 and 15.
 */
import { drawMultinomial, uniform } from './binomial-draw.ts';
import { normalCdf, normalQuantile } from './distributions.ts';
import { drawer } from './drawer.ts';
import { checkPairs, InvalidInput } from './invalid-input.ts';

export type BootstrapOptions = Readonly<{ seed: number; resamples?: number; confidence?: number }>;

export type Bootstrapped = Readonly<{
  estimate: number;
  low: number;
  high: number;
  p: number;
  resamples: number;
}>;

/**
 * For figures that depend on counts alone (accuracy, recall, F1, a difference of two): each row lies in one cell, say
 * (truth, champion's answer, challenger's answer), and a resample is a multinomial draw of the cells' counts. So its
 * cost grows with the cells and not with the rows.
 *
 * Intervals are BCa: corrected for bias, and for a spread that changes with the figure (acceleration, by leaving out one
 * row of each cell). Source: B. Efron, "Better bootstrap confidence intervals", JASA 82 (1987).
 */
export function bootstrapCounts(
  counts: ArrayLike<number>,
  figures: (counts: Int32Array) => readonly number[],
  options: BootstrapOptions,
): Bootstrapped[] {
  const observed = checkCells(counts);
  const estimates = figures(observed);
  const draw = uniform(options.seed);
  const cells = new Int32Array(observed.length);
  const drawn = drawFigures(estimates.length, options, () => {
    drawMultinomial(observed, cells, draw);
    return figures(cells);
  });
  const without = leaveOneOut(observed, figures);
  return estimates.map((estimate, f) =>
    spread(estimate, drawn[f]!, options, {
      acceleration: accelerationOf(without.map(({ figures: of, rows }) => ({ value: of[f]!, rows }))),
    }),
  );
}

function checkCells(counts: ArrayLike<number>): Int32Array {
  let rows = 0;
  for (let c = 0; c < counts.length; c += 1) {
    const count = counts[c]!;
    if (!(Number.isInteger(count) && count >= 0))
      throw new InvalidInput('bootstrapCounts', `cell ${c} has ${count} rows`, 'Give whole numbers from 0.');
    rows += count;
  }
  if (rows === 0)
    throw new InvalidInput('bootstrapCounts', 'no rows cannot be drawn from', 'Give at least one row.');
  return Int32Array.from(counts);
}

/** The figures without one row of each cell that has any, and for how many rows they hold. */
function leaveOneOut(observed: Int32Array, figures: (counts: Int32Array) => readonly number[]) {
  const less = observed.slice();
  return [...observed.entries()].flatMap(([c, rows]) => {
    if (rows === 0) return [];
    less[c] = rows - 1;
    const without = figures(less);
    less[c] = rows;
    return [{ figures: without, rows }];
  });
}

/** Efron's acceleration from the figures that remain when one row is left out, each as often as there are such rows. */
function accelerationOf(without: readonly { value: number; rows: number }[]): number {
  const sound = without.filter(({ value }) => Number.isFinite(value));
  const all = sound.reduce((sum, { rows }) => sum + rows, 0);
  const mean = sound.reduce((sum, { value, rows }) => sum + value * rows, 0) / all;
  let [squares, cubes] = [0, 0];
  for (const { value, rows } of sound) {
    squares += rows * (mean - value) ** 2;
    cubes += rows * (mean - value) ** 3;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/**
 * For a mean over rows: log loss, Brier, latency, or the row by row difference of two of them. The interval is BCa.
 *
 * Many rows are drawn by cells of nearly equal values, each with its own mean: what is lost is the variance within a
 * cell, at most a twelfth of its width squared.
 */
export function bootstrapMean(values: ArrayLike<number>, options: BootstrapOptions): Bootstrapped {
  checkPairs('bootstrapMean', values, values);
  const rows = values.length;
  const cells = rows > MANY_ROWS ? nearlyEqual(values) : null;
  let total = 0;
  for (let i = 0; i < rows; i += 1) total += values[i]!;
  const mean = total / rows;
  const [drawn] = drawFigures(
    1,
    options,
    cells === null ? drawRows(values, options) : drawCells(cells, rows, options),
  );
  // A mean without row i lies (mean − value) / (rows − 1) off: the scale cancels out of the acceleration.
  let [squares, cubes] = [0, 0];
  for (let i = 0; i < rows; i += 1) {
    squares += (values[i]! - mean) ** 2;
    cubes += (values[i]! - mean) ** 3;
  }
  return spread(mean, drawn!, options, { acceleration: squares === 0 ? 0 : cubes / (6 * squares ** 1.5) });
}

/** From so many rows on they are drawn by cells. */
const MANY_ROWS = 10_000;
const CELLS = 2_048;

type MeanCells = { counts: Int32Array; means: Float64Array };

function nearlyEqual(values: ArrayLike<number>): MeanCells {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i += 1) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  const width = (high - low) / CELLS || 1;
  const [counts, sums] = [new Int32Array(CELLS), new Float64Array(CELLS)];
  for (let i = 0; i < values.length; i += 1) {
    const cell = Math.min(CELLS - 1, Math.floor((values[i]! - low) / width));
    counts[cell]! += 1;
    sums[cell]! += values[i]!;
  }
  const used = [...counts.keys()].filter((cell) => counts[cell]! > 0);
  return {
    counts: Int32Array.from(used, (cell) => counts[cell]!),
    means: Float64Array.from(used, (cell) => sums[cell]! / counts[cell]!),
  };
}

function drawRows(values: ArrayLike<number>, { seed }: BootstrapOptions): () => number[] {
  const draw = drawer(seed);
  const rows = values.length;
  return () => {
    let sum = 0;
    for (let i = 0; i < rows; i += 1) sum += values[draw(rows)]!;
    return [sum / rows];
  };
}

function drawCells({ counts, means }: MeanCells, rows: number, { seed }: BootstrapOptions): () => number[] {
  const draw = uniform(seed);
  const drawn = new Int32Array(counts.length);
  return () => {
    drawMultinomial(counts, drawn, draw);
    let sum = 0;
    for (let c = 0; c < drawn.length; c += 1) sum += drawn[c]! * means[c]!;
    return [sum / rows];
  };
}

/**
 * For several figures of the same rows, from the same resamples: drawn once instead of once a figure. A resample is how
 * often each row was drawn; `figures` takes that as the rows' weights, and is first called with 1 for each.
 *
 * Intervals are the percentiles', and BCa of the figures that `isBca` names. The acceleration comes from leaving out one of
 * at most a hundred groups of rows: of many rows that is as good as one row at a time, and costs next to nothing.
 */
export function bootstrapFigures(
  rows: number,
  figures: (weights: Int32Array) => readonly number[],
  options: BootstrapOptions & { isBca?: (figure: number) => boolean },
): Bootstrapped[] {
  if (!(Number.isInteger(rows) && rows > 0))
    throw new InvalidInput('bootstrapFigures', `${rows} rows cannot be drawn from`, 'Give at least one row.');
  const weights = new Int32Array(rows).fill(1);
  const estimates = figures(weights);
  const { isBca = () => false } = options;
  const without = estimates.some((_, f) => isBca(f)) ? leaveGroupsOut(weights, figures) : [];
  const draw = drawer(options.seed);
  const drawn = drawFigures(estimates.length, options, () => {
    weights.fill(0);
    for (let i = 0; i < rows; i += 1) weights[draw(rows)]! += 1;
    return figures(weights);
  });
  return estimates.map((estimate, f) =>
    isBca(f)
      ? spread(estimate, drawn[f]!, options, {
          acceleration: accelerationOf(without.map((of) => ({ value: of[f]!, rows: 1 }))),
        })
      : spread(estimate, drawn[f]!, options),
  );
}

const JACKKNIFE_GROUPS = 100;

/** The figures without each group of rows; every so-manieth row is in one group, so that time does not part them. */
function leaveGroupsOut(
  weights: Int32Array,
  figures: (weights: Int32Array) => readonly number[],
): (readonly number[])[] {
  const groups = Math.min(JACKKNIFE_GROUPS, weights.length);
  const give = (group: number, weight: number) => {
    for (let i = group; i < weights.length; i += groups) weights[i] = weight;
  };
  return Array.from({ length: groups }, (_, group) => {
    give(group, 0);
    const of = figures(weights);
    give(group, 1);
    return of;
  });
}

const DEFAULT_RESAMPLES = 2_000;

/** One list of resampled figures for each figure. */
function drawFigures(
  figures: number,
  { resamples = DEFAULT_RESAMPLES }: BootstrapOptions,
  resample: () => readonly number[],
): Float64Array[] {
  const drawn = Array.from({ length: figures }, () => new Float64Array(resamples));
  for (let b = 0; b < resamples; b += 1) {
    const once = resample();
    for (let f = 0; f < figures; f += 1) drawn[f]![b] = once[f]!;
  }
  return drawn;
}

/** The interval is the percentile's where no acceleration is known, and BCa where it is. */
function spread(
  estimate: number,
  drawn: Float64Array,
  { confidence = 0.95 }: BootstrapOptions,
  bca?: { acceleration: number },
): Bootstrapped {
  const resamples = drawn.length;
  const figures = drawn.sort();
  const tail = (1 - confidence) / 2;
  const [below, above] = bca === undefined ? [tail, 1 - tail] : bcaShares(figures, estimate, tail, bca);
  const at = (share: number) => figures[Math.min(resamples - 1, Math.floor(share * resamples))]!;
  const notAbove = countUntil(figures, (figure) => figure <= 0);
  return { estimate, low: at(below), high: at(above), p: (1 + notAbove) / (resamples + 1), resamples };
}

/** At which shares of the sorted resamples the interval begins and ends. */
function bcaShares(
  figures: Float64Array,
  estimate: number,
  tail: number,
  { acceleration }: { acceleration: number },
): readonly [number, number] {
  const [smaller, atMost] = [
    countUntil(figures, (figure) => figure < estimate),
    countUntil(figures, (figure) => figure <= estimate),
  ];
  // Ties count half: with few rows many resamples are the estimate itself.
  const share = (smaller + atMost) / 2 / figures.length;
  // Every resample on one side: there is no such correction.
  if (share <= 0 || share >= 1) return [tail, 1 - tail];
  const bias = normalQuantile(share);
  const corrected = (p: number) => {
    const z = bias + normalQuantile(p);
    return normalCdf(bias + z / (1 - acceleration * z));
  };
  return [corrected(tail), corrected(1 - tail)];
}

/** How many of these sorted figures come before the first for which it does not hold. */
function countUntil(figures: Float64Array, holds: (figure: number) => boolean): number {
  let [from, to] = [0, figures.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(figures[middle]!)) from = middle + 1;
    else to = middle;
  }
  return from;
}
