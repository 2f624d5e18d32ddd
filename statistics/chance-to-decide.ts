import { normalCdf, normalQuantile } from './distributions.ts';

/** What "would settle it" promises: with so many labels the test decides nine times out of ten. */
const PROMISED = 0.9;
const ALPHA = 0.05;

/**
 * How likely a test decides with so many labels, given how many would settle it: the power of a one-sided test, whose
 * effect is taken from the promise.
 *
 *     chance(n) = Φ(δ √n − z)          z = Φ⁻¹(1 − α),   δ = (z + Φ⁻¹(0.9)) / √settles
 */
export function chanceToDecide(labels: number, settles: number): number {
  const z = normalQuantile(1 - ALPHA);
  const delta = (z + normalQuantile(PROMISED)) / Math.sqrt(Math.max(1, settles));
  return normalCdf(delta * Math.sqrt(Math.max(0, labels)) - z);
}
