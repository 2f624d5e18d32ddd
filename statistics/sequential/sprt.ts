/**
 * Wald's sequential probability ratio test: is a share p₀ or p₁? The quickest test there is between the two.
 *
 *     S ← S + ln(p₁/p₀) for a success, ln((1 − p₁)/(1 − p₀)) for a failure
 *     p₁ is accepted when S ≥ ln((1 − β)/α), p₀ when S ≤ ln(β/(1 − α))
 *
 * Meant to stop there; S goes on, the decision stays.
 *
 * Source: A. Wald, "Sequential tests of statistical hypotheses", Ann. Math. Stat. 16 (1945).
 */
export type Sprt = Readonly<{
  n: number;
  logRatio: number;
  /** Made at the value of that index. */
  decision: { index: number; accepts: 'h0' | 'h1' } | null;
}>;

export type SprtOptions = Readonly<{ p0: number; p1: number; alpha: number; beta: number }>;

export const startSprt = (): Sprt => ({ n: 0, logRatio: 0, decision: null });

export function observeSprt(state: Sprt, isSuccess: boolean, { p0, p1, alpha, beta }: SprtOptions): Sprt {
  const logRatio = state.logRatio + (isSuccess ? Math.log(p1 / p0) : Math.log((1 - p1) / (1 - p0)));
  const accepts =
    logRatio >= Math.log((1 - beta) / alpha) ? 'h1' : logRatio <= Math.log(beta / (1 - alpha)) ? 'h0' : null;
  return {
    n: state.n + 1,
    logRatio,
    decision: state.decision ?? (accepts && { index: state.n, accepts }),
  };
}
