/**
 * Paired bootstrap: how far would a figure swing if other rows had come? Rows are drawn again with replacement, champion
 * and challenger always together, so that what both find hard cancels out.
 *
 * The interval holds the middle `confidence` of the resampled figures; `p` is one-sided, (1 + #{figure ≤ 0}) / (B + 1):
 * small when the figure, a difference, is above zero whatever the rows. Seeded: the same rows give the same answer.
 *
 * Source: B. Efron and R. J. Tibshirani, "An introduction to the bootstrap" (1993), chapters 13 and 15.
 */
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
 * For a figure that depends on counts alone (accuracy, recall, F1, or a difference of two): each row is in one cell,
 * say (truth, champion's answer, challenger's answer) as one number, and a resample is a multinomial draw of counts.
 */
export function bootstrapCounts(
  cellOfRow: ArrayLike<number>,
  cells: number,
  figure: (counts: Int32Array) => number,
  options: BootstrapOptions,
): Bootstrapped {
  checkPairs('bootstrapCounts', cellOfRow, cellOfRow);
  const rows = cellOfRow.length;
  const counts = new Int32Array(cells);
  for (let i = 0; i < rows; i += 1) {
    const cell = cellOfRow[i]!;
    if (!(Number.isInteger(cell) && cell >= 0 && cell < cells)) {
      const fix = `Number the cells from 0 to ${cells - 1}.`;
      throw new InvalidInput('bootstrapCounts', `row ${i} lies in cell ${cell} of ${cells}`, fix);
    }
    counts[cell]! += 1;
  }
  const estimate = figure(counts);
  return summarise(estimate, options, (draw) => {
    counts.fill(0);
    for (let i = 0; i < rows; i += 1) counts[cellOfRow[draw(rows)]!]! += 1;
    return figure(counts);
  });
}

/** For a mean over rows: log loss, Brier, latency, or the row by row difference of two of them. */
export function bootstrapMean(values: ArrayLike<number>, options: BootstrapOptions): Bootstrapped {
  checkPairs('bootstrapMean', values, values);
  const rows = values.length;
  let total = 0;
  for (let i = 0; i < rows; i += 1) total += values[i]!;
  return summarise(total / rows, options, (draw) => {
    let sum = 0;
    for (let i = 0; i < rows; i += 1) sum += values[draw(rows)]!;
    return sum / rows;
  });
}

/**
 * For several figures of the same rows, from the same resamples: drawn once instead of once a figure. A resample is how
 * often each row was drawn; `figures` takes that as the rows' weights, and is first called with 1 for each.
 */
export function bootstrapFigures(
  rows: number,
  figures: (weights: Int32Array) => readonly number[],
  options: BootstrapOptions,
): Bootstrapped[] {
  if (!(Number.isInteger(rows) && rows > 0))
    throw new InvalidInput('bootstrapFigures', `${rows} rows cannot be drawn from`, 'Give at least one row.');
  const weights = new Int32Array(rows).fill(1);
  const estimates = figures(weights);
  const { resamples = DEFAULT_RESAMPLES } = options;
  const drawn = estimates.map(() => new Float64Array(resamples));
  const draw = drawer(options.seed);
  for (let b = 0; b < resamples; b += 1) {
    weights.fill(0);
    for (let i = 0; i < rows; i += 1) weights[draw(rows)]! += 1;
    for (const [f, figure] of figures(weights).entries()) drawn[f]![b] = figure;
  }
  return estimates.map((estimate, f) => spread(estimate, drawn[f]!, options));
}

const DEFAULT_RESAMPLES = 2_000;

function summarise(
  estimate: number,
  options: BootstrapOptions,
  resample: (draw: (below: number) => number) => number,
): Bootstrapped {
  const draw = drawer(options.seed);
  const { resamples = DEFAULT_RESAMPLES } = options;
  return spread(
    estimate,
    Float64Array.from({ length: resamples }, () => resample(draw)),
    options,
  );
}

function spread(
  estimate: number,
  drawn: Float64Array,
  { confidence = 0.95 }: BootstrapOptions,
): Bootstrapped {
  const resamples = drawn.length;
  const figures = drawn.sort();
  const tail = (1 - confidence) / 2;
  const at = (share: number) => figures[Math.min(resamples - 1, Math.floor(share * resamples))]!;
  const notAbove = figures.reduce((count, value) => count + (value <= 0 ? 1 : 0), 0);
  return { estimate, low: at(tail), high: at(1 - tail), p: (1 + notAbove) / (resamples + 1), resamples };
}
