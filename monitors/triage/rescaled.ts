/**
 * Has a number come in another unit: cents for euros, metres for kilometres? Its deciles then are those of the reference
 * times one factor:
 *
 *     factor    the median, over the deciles, of that of the newest values over that of the reference
 *     rescaled  as they come they lie elsewhere (PSI above `apart`), divided by the factor they lie where they used to
 *               (PSI below `alike`, and chance)
 *
 * Only a factor: an offset as well (°C to °F) moves location and spread, as the world does, too.
 */
import type { FeatureReference } from '../../domain/reference-shares.ts';
import { binBetween } from '../../domain/reference-shares.ts';
import { psi, quantileEdges } from '../../statistics/shares.ts';

export type RescaledOptions = Readonly<{
  /** PSI, before and after division. */
  apart: number;
  alike: number;
  /** A smaller factor, up or down, is what the world does, too. */
  least: number;
  leastRows: number;
}>;
export const usualRescaled: RescaledOptions = { apart: 2, alike: 0.15, least: 3, leastRows: 50 };

/** @returns the factor, or null. */
export function findFactor(
  { edges, shares }: Extract<FeatureReference, { kind: 'number' }>,
  values: readonly number[],
  { apart, alike, least, leastRows }: RescaledOptions = usualRescaled,
): number | null {
  if (values.length < leastRows || edges.length < DECILES) return null;
  const deciles = quantileEdges(values, edges.length + 1).slice(1, -1);
  // Of one near nothing the ratio is all chance.
  const near = NEAR_ZERO * (edges.at(-1)! - edges[0]!);
  const ratios = edges.flatMap((edge, i) => (Math.abs(edge) > near ? [(deciles[i] ?? NaN) / edge] : []));
  const factor = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)] ?? 0;
  if (!(factor >= least || (factor > 0 && factor <= 1 / least))) return null;
  const bins = Array.from({ length: edges.length + 1 }, (_, i) => String(i));
  const usual = bins.map((bin) => shares[bin] ?? 0);
  const distance = (scale: number) => {
    const counts = new Map(bins.map((bin) => [bin, 0]));
    for (const value of values) {
      const bin = binBetween(edges, value / scale);
      counts.set(bin, counts.get(bin)! + 1);
    }
    return psi(
      usual,
      bins.map((bin) => (counts.get(bin)! + HALF) / (values.length + HALF * bins.length)),
    );
  };
  const chance = edges.length / values.length;
  return distance(1) > apart && distance(factor) < alike + chance ? factor : null;
}

const HALF = 0.5;
const NEAR_ZERO = 0.1;
/** Of a number with fewer distinct deciles the shape says too little. */
const DECILES = 5;
