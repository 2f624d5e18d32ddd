/** The package has types, but its `exports` do not lead to them; these are the functions in use. */
declare module 'cephes' {
  /** Resolves when the WebAssembly module is ready. */
  export const compiled: Promise<void>;
  /** Normal: distribution and quantile. */
  export function ndtr(a: number): number;
  export function ndtri(y0: number): number;
  /** Binomial distribution. */
  export function bdtr(k: number, n: number, p: number): number;
  /** Beta: distribution and quantile. */
  export function incbet(aa: number, bb: number, xx: number): number;
  export function incbi(aa: number, bb: number, yy0: number): number;
  /** Gamma: distribution, tail, and quantile of the tail. */
  export function igam(a: number, x: number): number;
  export function igamc(a: number, x: number): number;
  export function igami(a: number, y0: number): number;
  /** Kolmogorov's limit law: tail. */
  export function kolmogorov(y: number): number;
  /** Logarithms of the gamma and the beta function. */
  export function lgam(x: number): number;
  export function lbeta(a: number, b: number): number;
  /** Modified Bessel function of the first kind, of any order. */
  export function iv(v: number, x: number): number;
}
