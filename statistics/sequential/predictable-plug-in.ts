/**
 * Confidence sequences of the mean of values from 0 to 1, by predictable plug-in: centre ± half holds the true mean at any
 * one look with probability 1 − α, and at all of them together, whatever the distribution.
 *
 *     centre = Σ λᵢ·xᵢ / Σ λᵢ,   half = ( ln(2/α) + Σ vᵢ·ψ(λᵢ) ) / Σ λᵢ
 *
 * Hoeffding's: λ = min( √(8 ln(2/α) / (t·ln(1 + t))), 1 ), vψ = λ²/8. Empirical Bernstein's, tighter where the variance
 * is small: λ = min( √(2 ln(2/α) / (σ̂²·t·ln(1 + t))), c ), ψ = (−ln(1 − λ) − λ)/4, v = 4(x − μ̂)², with mean and variance
 * of what came before, begun at ½ and ¼.
 *
 * Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024).
 */
import { InvalidInput } from '../invalid-input.ts';

export type PlugIn = Readonly<{
  t: number;
  sum: number;
  squares: number;
  weights: number;
  weighted: number;
  cost: number;
}>;

export type PlugInOptions = Readonly<{
  bound: 'hoeffding' | 'empirical-bernstein';
  alpha: number;
  /** Empirical Bernstein bets no more than this share. */
  most?: number;
}>;

export const startPlugIn = (): PlugIn => ({ t: 0, sum: 0, squares: 0, weights: 0, weighted: 0, cost: 0 });

export function observePlugIn(state: PlugIn, x: number, { bound, alpha, most = 0.5 }: PlugInOptions): PlugIn {
  if (!(x >= 0 && x <= 1))
    throw new InvalidInput('observePlugIn', `the value is ${x}`, 'Give values from 0 to 1.');
  const t = state.t + 1;
  const log = Math.log(2 / alpha);
  const pace = t * Math.log(1 + t);
  const meanBefore = (0.5 + state.sum) / t;
  const varianceBefore = (0.25 + state.squares) / t;
  const lambda =
    bound === 'hoeffding'
      ? Math.min(Math.sqrt((8 * log) / pace), 1)
      : Math.min(Math.sqrt((2 * log) / (varianceBefore * pace)), most);
  const price =
    bound === 'hoeffding' ? lambda ** 2 / 8 : (x - meanBefore) ** 2 * (-Math.log1p(-lambda) - lambda);
  const sum = state.sum + x;
  const mean = (0.5 + sum) / (t + 1);
  return {
    t,
    sum,
    squares: state.squares + (x - mean) ** 2,
    weights: state.weights + lambda,
    weighted: state.weighted + lambda * x,
    cost: state.cost + price,
  };
}

/** The interval after at least one value. */
export const plugInInterval = (
  { weights, weighted, cost }: PlugIn,
  { alpha }: Pick<PlugInOptions, 'alpha'>,
): { centre: number; half: number } => ({
  centre: weighted / weights,
  half: (Math.log(2 / alpha) + cost) / weights,
});
