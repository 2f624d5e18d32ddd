/**
 * Distribution functions, from the Cephes library. Not for workflow code: it is a WebAssembly module.
 *
 * Source: S. L. Moshier, Cephes mathematical library; agrees with SciPy to about 1e-13.
 */
import { bdtr, compiled, incbet, incbi, ndtr, ndtri } from 'cephes';

await compiled;

/** P(Z ≤ z) for a standard normal Z. */
export const normalCdf = (z: number): number => ndtr(z);
/** P(Z > z), exact far out in the tail. */
export const normalTail = (z: number): number => ndtr(-z);
/** z with P(Z ≤ z) = p, 0 < p < 1. */
export const normalQuantile = (p: number): number => ndtri(p);

/** P(X ≤ k) for X ~ Binomial(n, p); 0 for k < 0, 1 for k ≥ n. */
export const binomialCdf = (k: number, n: number, p: number): number =>
  k < 0 ? 0 : k >= n ? 1 : bdtr(k, n, p);

/** P(B ≤ x) for B ~ Beta(a, b). */
export const betaCdf = (x: number, a: number, b: number): number => incbet(a, b, x);
/** x with P(B ≤ x) = p for B ~ Beta(a, b). */
export const betaQuantile = (p: number, a: number, b: number): number => incbi(a, b, p);
