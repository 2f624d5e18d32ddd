import { bootstrapFigures } from '../statistics/bootstrap.ts';
import type { Estimate } from './evaluate.ts';

const RESAMPLES = 200;

/**
 * Metrics of rows with bootstrap intervals, all from the same resamples.
 *
 * @param of the metrics of rows that count as often as the weights say
 */
export function metricEstimates<Name extends string>(
  names: readonly Name[],
  rows: number,
  of: (weights: Int32Array) => Readonly<Record<Name, number>>,
  seed: number,
): Record<Name, Estimate> {
  const figures = bootstrapFigures(
    rows,
    (weights) => {
      const metrics = of(weights);
      return names.map((name) => metrics[name]);
    },
    { seed, resamples: RESAMPLES },
  );
  return Object.fromEntries(
    names.map((name, i) => {
      const { estimate, low, high } = figures[i]!;
      return [name, { estimate, low, high }];
    }),
  ) as Record<Name, Estimate>;
}
