/**
 * Confidence sequence of a mean, by a normal mixture: the interval x̄ₙ ± radius holds the true mean for all n at once with
 * probability 1 − α, for values that are sub-Gaussian with variance at most 1 (a range of 2: differences of two bits).
 *
 *     radius = √( (n + ρ) · ln( (n + ρ) / (ρ·α²) ) ) / n
 *
 * `rho` says for which n it is tightest: a tenth or so of that n.
 *
 * Source: S. R. Howard et al., "Time-uniform, nonparametric, nonasymptotic confidence sequences", Ann. Stat. 49 (2021).
 */
export const normalMixtureRadius = (n: number, { rho, alpha }: { rho: number; alpha: number }): number =>
  Math.sqrt((n + rho) * Math.log((n + rho) / (rho * alpha ** 2))) / n;
