/**
 * Betting e-process: is the mean of values from 0 to 1 above m, at any look? A capital of 1 bets at every value,
 *
 *     E ← E · ( 1 + λ·(x − m) ),   −1/(1 − m) < λ < 1/m
 *
 * and under "the mean is at most m" never gains on average (λ > 0). One λ is a guess of how far above; `e-process.ts`
 * mixes several.
 *
 * Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86 (2024).
 */
import { InvalidInput } from '../invalid-input.ts';

export type BettingOptions = Readonly<{ mean: number; lambda: number }>;

/** ln E after one more value. */
export function betLogE(logE: number, x: number, { mean, lambda }: BettingOptions): number {
  const factor = 1 + lambda * (x - mean);
  if (factor >= 0 && x >= 0 && x <= 1) return logE + Math.log(factor);
  throw new InvalidInput(
    'betLogE',
    `a bet of ${lambda} against ${mean} loses more than all of its capital at ${x}`,
    'Give values from 0 to 1, and a lambda between -1/(1 - mean) and 1/mean.',
  );
}
