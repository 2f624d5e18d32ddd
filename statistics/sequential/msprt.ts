/**
 * mSPRT, mixture sequential probability ratio test: is the mean of normal differences another than θ₀, at any look?
 *
 *     ln Λₙ = ½ ln( σ² / (σ² + n·τ²) ) + n²·τ²·(x̄ − θ₀)² / ( 2σ²·(σ² + n·τ²) ),   pₙ = min over k ≤ n of 1/Λₖ
 *
 * pₙ may be looked at after every value and is still a p-value. `tau2` is how large an effect is thought of (its prior
 * variance): far off, the test is later, never wrong. `sigma2` has to be known, or bounded from above.
 *
 * Source: R. Johari et al., "Always valid inference", Operations Research 70 (2022).
 */
export type Msprt = Readonly<{ n: number; sum: number; logRatio: number; p: number }>;

export type MsprtOptions = Readonly<{ theta0: number; sigma2: number; tau2: number }>;

export const startMsprt = (): Msprt => ({ n: 0, sum: 0, logRatio: 0, p: 1 });

export function observeMsprt(state: Msprt, x: number, { theta0, sigma2, tau2 }: MsprtOptions): Msprt {
  const n = state.n + 1;
  const sum = state.sum + x;
  const spread = sigma2 + n * tau2;
  const away = sum / n - theta0;
  const logRatio = 0.5 * Math.log(sigma2 / spread) + (n ** 2 * tau2 * away ** 2) / (2 * sigma2 * spread);
  return { n, sum, logRatio, p: Math.min(state.p, Math.exp(-logRatio)) };
}
